"""The HTML of an evaluation, and the sentences of the terminal."""
