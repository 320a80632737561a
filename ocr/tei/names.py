"""The names our TEI is written with: namespaces, reasons, ids, numbers."""

import re
from collections.abc import Iterable
from functools import lru_cache

from lxml import etree

TEI = "http://www.tei-c.org/ns/1.0"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MODEL_HREF = "https://www.tei-c.org/release/xml/tei/custom/schema/relaxng/tei_all.rng"
"""What editors such as oXygen validate against; our own schema is a subset of it (docs/tei.md)."""

REVIEW_THRESHOLD = 0.60
"""Words and letters less likely to be right than this are marked unclear, unless told otherwise."""
COVERED = "covered"
"""The type of the app in standOff that keeps the gap of a place nobody had read, where a line stands now."""
PICTURE = "picture"
"""The type of the zone that holds the whole picture where a surface shows only part of it."""
INSIDE_TEXT, OUTSIDE_TEXT = "parallel-segmentation", "location-referenced"
"""How app is said to be linked to the text (TEI P5, TC): standing in it, or in standOff, pointing to it."""
BORDER = "@points"
"""What a certainty within the zone of a line is about (its match): whether the outline is right."""
INDENT = " "
"""How much farther in each level of the header stands."""
PLACES_INDENT = ""
"""The same of the facsimile, a line for every word: its ids (s1_r1_l1_w1) tell what lies in what."""
STATES = ("draft", "corrected", "verified")
"""How far a person has come with a page or a line, as change/@status says: nothing yet, once, twice."""
THRESHOLD = "review-threshold"
"""The type of the measure in the header that tells which threshold a record was written with."""

LOW_CONFIDENCE = "ocr_low_confidence"
RIVAL = "ocr_rival"
LETTER = "ocr_letter"
UNREAD = "unread"
FAILED = "failed"
ILLEGIBLE = "illegible"

NO_TEXT = frozenset(
    {"binaryObject", "certainty", "desc", "figDesc", "index", "interp", "listApp", "metamark", "precision"}
    | {"respons", "spanGrp", "standOff", "teiHeader", "wit", "witDetail"}
)
"""Elements whose content is never text of the page, whoever asks: evaluator, desk, exports."""

# XML 1.0 names without the colon, narrowed to what every tool takes: letters, digits, '.', '-', '_'.
_NOT_IN_NAME = re.compile(r"[^\w.-]|[\xaa\xb2\xb3\xb5\xb9\xba\xbc-\xbe\u2460-\u24ff\u2776-\u2793]")
_OUR_IDS = re.compile(r"(s\d+(_.*)?|ch\d+)$")


def q(tag: str) -> str:
    """The tag with the TEI namespace, as lxml wants it."""
    return f"{{{TEI}}}{tag}"


def is_element(node: etree._Element) -> bool:
    """Is the node an element, not a comment or a processing instruction?"""
    return isinstance(node.tag, str)


def local(element: etree._Element) -> str:
    """The tag without its namespace when that is TEI; otherwise "" (comments, other vocabularies)."""
    return _local(element.tag)


@lru_cache(maxsize=1024)  # it is asked of every element of every record
def _local(tag: object) -> str:
    return tag.removeprefix(f"{{{TEI}}}") if isinstance(tag, str) and tag.startswith(f"{{{TEI}}}") else ""


def name_token(ident: str) -> str:
    """An ident as an XML name: what cannot stand in one becomes "_"; never one of our own zone ids."""
    name = _NOT_IN_NAME.sub("_", ident.strip()) or "unnamed"
    # an ASCII letter or "_" may begin a name everywhere; a Cyrillic letter too
    if not (name[0].isalpha() or name[0] == "_"):
        name = f"_{name}"
    return f"{name}_" if _OUR_IDS.match(name) else name


def number(value: float, digits: int = 1) -> str:
    """A number without needless zeros and never with an exponent: 12, 12.5, -0.8."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def cert(confidence: float) -> str:
    """A probability as @cert holds it: 0..1, four digits at most."""
    return number(min(max(confidence, 0.0), 1.0), 4)


def pointers(element: etree._Element, attribute: str) -> Iterable[str]:
    """The ids an attribute of pointers leads to within the same file."""
    return (p[1:] for p in (element.get(attribute) or "").split() if p.startswith("#"))
