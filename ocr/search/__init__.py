"""A collection searched before it is corrected: an index of words and of what else they may be."""
