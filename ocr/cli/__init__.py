"""The command line: parses, calls once, prints, exits."""
