"""Files in other formats, and what any file of text says of its lines, its scan and its maker."""
