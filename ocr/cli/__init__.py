"""The command line: parses, calls once, prints, exits.

What stands behind a form feed in the docstring of a command is for readers of the code; help ends there.
"""
