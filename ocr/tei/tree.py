"""XML from outside, parsed safely: no entities, no network, no DTD, and a sentence when it cannot be."""

from pathlib import Path
from xml.parsers import expat

from lxml import etree

from ocr.errors import RecordError, reason_of
from ocr.tei.names import TEI, q
from ocr.text import squeeze


def load(source: Path | bytes) -> etree._Element:
    """The TEI root element of a file or of bytes.

    RecordError when it cannot be read, is not well-formed, has a DOCTYPE, or is not a TEI document.
    """
    name = "The document" if isinstance(source, bytes) else str(source)
    content = source if isinstance(source, bytes) else read(source)
    return as_tei(parse_safely(content, name), name)


def read(path: Path) -> bytes:
    """The bytes of a file; RecordError when it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise RecordError(
            f"{path} cannot be read ({reason_of(error)}). Check the path and its permissions."
        ) from error


def as_tei(root: etree._Element, name: str) -> etree._Element:
    """The same root; RecordError when it is not that of a TEI document."""
    if root.tag == q("teiCorpus"):
        raise RecordError(f"{name} is a teiCorpus of several documents. Give one TEI file per page.")
    if root.tag != q("TEI"):
        space = etree.QName(root).namespace
        why = f"its root is <{etree.QName(root).localname}>"
        if etree.QName(root).localname == "TEI":
            why = f"its namespace is {space!r} where {TEI!r} is expected"
        raise RecordError(f"{name} is XML but not TEI P5: {why}. Give a TEI P5 file.")
    return root


def text_of(element: etree._Element | None) -> str:
    """All text in an element, white space single; empty when there is none."""
    return "" if element is None else squeeze("".join(map(str, element.itertext())))


def parse_safely(content: bytes, name: str = "The document") -> etree._Element:
    """The root of any XML, entities and network off; RecordError with a clear sentence otherwise."""
    if not content.strip():
        raise RecordError(f"{name} is empty. An XML file was expected.")
    doctype = RecordError(
        f"{name} has a DOCTYPE, which is refused because it can pull in other files. Remove that line."
    )
    if has_doctype(content):  # seen before lxml, which would open what it names
        raise doctype
    # ids are not collected, or an id given twice would pass for ill-formed XML; the parser is made
    # for each call: lxml parsers are not to be shared between threads
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise RecordError(
            f"{name} is not well-formed XML (line {line}: {error.msg}). Mend that line in an XML editor."
        ) from error
    except (ValueError, LookupError) as error:
        raise RecordError(f"{name} is not readable XML ({reason_of(error)}).") from error
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding that only libxml2 knows (UTF-7)
        raise doctype
    return root


def is_well_formed(content: bytes) -> bool:
    """Is it well-formed XML, namespaces included? Of content without a DOCTYPE; no tree is made."""
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return True


class _Enough(Exception):  # noqa: N818  (no error: it ends the reading of a prologue)
    pass


def has_doctype(content: bytes) -> bool:
    """Does a DOCTYPE stand before the root element? Expat opens nothing and knows the encodings."""
    has_one = False

    def doctype(*_: object) -> None:
        nonlocal has_one
        has_one = True
        raise _Enough

    def root(*_: object) -> None:
        raise _Enough

    reader = expat.ParserCreate()
    reader.StartDoctypeDeclHandler = doctype
    reader.StartElementHandler = root
    try:
        reader.Parse(content, True)
    except _Enough:
        return has_one
    except (expat.ExpatError, ValueError, LookupError):  # then be careful
        return b"<!DOCTYPE" in content.replace(b"\0", b"")
    return has_one
