"""Files in other formats, and what any file of text says of its lines, its scan and its maker.

leaves: the lines of any of them, by page_xml, alto, hocr and, for TEI, found_lines; metadata: what a file
says of itself; text: the plain text of a record.
"""
