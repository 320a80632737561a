"""An existing transcription without line breaks, laid onto the lines that were read.

letters: what of a text is compared, and the way back to it; placing: which stretch of it stands on which
leaf; laying: which words of the stretch stand on which line.
"""
