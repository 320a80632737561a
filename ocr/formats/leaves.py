"""What files of text with places hold of lines: TEI, PAGE, ALTO, hOCR. All give FoundLines."""

import re
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from ocr.errors import RecordError, reason_of
from ocr.files import is_of_drive
from ocr.formats.alto import alto_leaves
from ocr.formats.found_lines import Leaves, tei_leaves
from ocr.formats.hocr import hocr_leaves
from ocr.formats.page_xml import page_leaves
from ocr.tei.flow import TextRules
from ocr.tei.tree import as_tei, has_doctype, parse_safely, read

_PEEPED = 65536  # bytes in which the root element of a file must stand
HTML_SUFFIXES = (".hocr", ".html", ".htm")
# As Tesseract and kraken begin: it names html and declares nothing, so it can be taken out unread.
_HTML_DOCTYPE = re.compile(rb"<!DOCTYPE\s+html(\s[^<>\[\]]*)?>", re.IGNORECASE)
_FOREIGN = {"pcgts": page_leaves, "alto": alto_leaves, "html": hocr_leaves}


def root_of(path: Path) -> str | None:
    """The name of the root element, without its namespace, read from the beginning of an XML file; None when
    nothing can be said of it. RecordError of a drive that fails."""
    name: str | None = None

    def root(tag: str, _: object) -> None:
        nonlocal name
        name = name or tag.rpartition(":")[2]

    reader = expat.ParserCreate()
    reader.StartElementHandler = root
    try:
        with path.open("rb") as file:
            reader.Parse(file.read(_PEEPED), False)
    except (OSError, expat.ExpatError, ValueError, LookupError) as error:
        if is_of_drive(error):
            raise RecordError(f"{path} cannot be read: {reason_of(error)}.") from error
        # what stands before the fault is known
    return name


def is_other(path: Path) -> bool:
    """Is it XML of none of these formats: METS, the data of an export? Not if nothing can be said of it."""
    name = root_of(path)
    return name is not None and name.lower() not in {*_FOREIGN, "tei", "teicorpus"}


def leaves_of(path: Path, rules: TextRules | None = None) -> Leaves:
    """The lines of a file by leaf, in reading order. The format is told by the root element, not the name.

    `rules` say what counts as text in TEI. RecordError when the file cannot be read, is not well-formed,
    has a DOCTYPE other than the bare one of HTML, or is in none of these formats.
    """
    root = _root(read(path), path)
    tag = etree.QName(root).localname
    foreign = _FOREIGN.get(tag.lower())
    if foreign is not None:
        etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
        return foreign(root, str(path))
    if tag in {"TEI", "teiCorpus"}:
        return tei_leaves(as_tei(root, str(path)), rules or TextRules())
    raise RecordError(
        f"{path} is XML, but its root is <{tag}>: neither TEI P5, PAGE, ALTO nor hOCR. Give one of these."
    )


def foreign_root(content: bytes, path: Path) -> tuple[etree._Element, str]:
    """The root of an XML or HTML file, comments left out, and its name in small letters, which tells the
    format. RecordError when it is not well-formed, or has a DOCTYPE other than the bare one of HTML."""
    root = _root(content, path)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    return root, etree.QName(root).localname.lower()


def _root(content: bytes, path: Path) -> etree._Element:
    is_html = path.name.lower().endswith(HTML_SUFFIXES)
    if has_doctype(content):
        bare, count = _HTML_DOCTYPE.subn(b"", content, count=1)
        if count:
            content, is_html = bare, True
    try:
        return parse_safely(content, str(path))
    except RecordError:
        if not is_html or not content.strip() or has_doctype(content):
            raise
        return _loose_html(content, path)


def _loose_html(content: bytes, path: Path) -> etree._Element:
    """HTML that is no XML (br without an end, &nbsp;), which must be UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordError(
            f"{path} is not UTF-8 (byte {error.start}); encodings are not guessed: save it as UTF-8."
        ) from error
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RecordError(
            f"{path} is neither well-formed XML nor readable HTML ({reason_of(error)})."
        ) from error
    if root is None:
        raise RecordError(f"{path} holds no HTML element. Give an hOCR file.")
    return root
