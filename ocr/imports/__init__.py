"""What other programs made, read into records of ours: PAGE, ALTO, hOCR with their scans, zips of them; IIIF.

foreign: a page as such a file has it; page_xml, alto, hocr: read from each format, custom and kinds: their
words for marks and kinds; fitting: a page brought into the frame of its scan; record: written as TEI;
scans: the scan of a page; inputs, mets and zips: which files are pages, in which order; run: all of them,
again only what changed.
manifest: the pictures that an IIIF manifest names; http: one address asked within limits; pictures: all.
"""
