"""Readings held against truth."""
