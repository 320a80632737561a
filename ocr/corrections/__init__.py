"""Edits that keep every byte: what persons do, and what a run renews, written into a record."""
