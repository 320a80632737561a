"""The record: TEI written, parsed, validated, merged. The door of lxml."""
