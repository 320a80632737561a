"""tetradi: reads scans of Russian manuscripts and gives back TEI-XML."""

__version__ = "0.1.0"
