"""A record checked, each problem told with its line, in plain words, with what to do."""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from lxml import etree

from ocr.errors import RecordError
from ocr.tei.flow import probability
from ocr.tei.names import PICTURE, XML_ID, is_element, local, q
from ocr.tei.places import corners
from ocr.tei.tree import load
from ocr.text import natural

_POINTERS = ("facs", "resp", "change", "corresp", "who", "hand", "target", "wit")
_CERT_WORDS = frozenset({"high", "medium", "low", "unknown"})
_LINE = re.compile(r"\(line \d+: (.*?)(, line \d+, column \d+)?\)")
_ALL_SHAPE_ERRORS = 20
"""One slip can make libxml2 report many; the first tell enough."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend: the line of the file (1 is the first), what is wrong, what to do about it."""

    line: int
    message: str
    advice: str = ""
    outside: bool = False
    """Is it no fault, but TEI that is richer than, or other than, what tetradi writes?"""

    def __str__(self) -> str:
        return f"line {self.line}: {self.message} {self.advice}".rstrip()


@cache
def _source() -> etree._Element:
    return etree.fromstring(resources.files("ocr.tei").joinpath("schema", "tetradi.rng").read_bytes())


@cache
def _schema() -> etree.RelaxNG:
    return etree.RelaxNG(_source())


def validate(path: Path) -> list[Problem]:
    """The problems of a TEI file, in the order of its lines; none when it is a valid record. Where all are
    `outside`, it may well be valid TEI; that is for tei_all to tell.

    Checks: well-formed and without DOCTYPE; our schema (a subset of TEI P5); ids unique and pointers leading
    somewhere; probabilities; zones inside their surface; line numbers told once per page.
    """
    try:
        root = load(path)
    except RecordError as error:
        reason, cause = _LINE.sub(r"(\1)", str(error).removeprefix(str(path)).strip()), error.__cause__
        line = (cause.lineno or 1) if isinstance(cause, etree.XMLSyntaxError) else 1
        return [Problem(line, f"This file {reason}")]  # file and line are told once
    return problems_of(root)


def records_below(path: Path) -> list[Path]:
    """The .xml files of a folder and of those in it, in natural order, but hidden ones; a file itself."""
    if not path.is_dir():
        return [path]
    files = (p for p in path.rglob("*.[xX][mM][lL]") if p.is_file())
    shown = (p for p in files if not any(part.startswith(".") for part in p.relative_to(path).parts))
    return sorted(shown, key=lambda p: natural(str(p.relative_to(path))))


def problems_of(root: etree._Element) -> list[Problem]:
    """The same, for a tree that is parsed."""
    if root.find(f".//{q('bibl')}[@type='scan']") is None and not _schema().validate(root):
        what = "This is TEI, but not in the shape tetradi writes (no scan is named in its header)."
        return [
            Problem(
                1,
                what,
                "It can be compared and read as text; it cannot be reviewed or renewed here.",
                outside=not list(_strangers(root)),
            ),
            *_strangers(root),
        ]
    problems = [*_shape(root), *_ids(root), *_certs(root), *_zones(root), *_numbers(root)]
    return sorted(problems, key=lambda problem: problem.line)


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """The names of TEI's elements and of its attributes."""
    text = resources.files("ocr.tei").joinpath("schema", "tei-names.txt").read_text("utf-8")
    elements, attributes = text.split("\n", 1)[1].split("# attributes\n")
    return frozenset(elements.split()), frozenset(attributes.split())


@cache
def _ours() -> tuple[frozenset[str], frozenset[str]]:
    """The names of the elements and attributes that our schema knows."""
    rng = "{http://relaxng.org/ns/structure/1.0}"
    elements, attributes = (
        {e.get("name", "") for e in _source().iter(rng + kind)} for kind in ("element", "attribute")
    )
    return frozenset(elements), frozenset(attributes)


def _strangers(root: etree._Element) -> Iterator[Problem]:
    """Elements that call themselves TEI's and are none."""
    for element in _elements(root):
        if local(element) and local(element) not in _names()[0]:
            yield Problem(
                _at(element),
                f"TEI has no element {local(element)}.",
                "Correct its name, or undo the last change here.",
            )


def _beyond(root: etree._Element) -> Iterator[Problem]:
    """Elements and attributes of TEI that our schema does not know, each name once."""
    elements, attributes = _ours()
    named: set[str] = set()
    for element in _elements(root):
        name = local(element)
        more = [f"element {name}"] if name in _names()[0] - elements else []
        more += [f"attribute @{a}" for a in map(str, element.attrib) if a in _names()[1] - attributes]
        for what in more:
            if what not in named:
                named.add(what)
                advice = "It is kept, read and compared; tetradi itself makes nothing of it."
                yield Problem(_at(element), f"TEI that tetradi does not write: {what}.", advice, outside=True)


def _without_beyond(root: etree._Element, *, text: bool) -> etree._Element:
    """A copy without what only TEI knows: its elements with all they hold, or but their tags (`text`)."""
    copied = deepcopy(root)
    beyond = [q(name) for name in _names()[0] - _ours()[0]]
    if text:
        etree.strip_tags(copied, *beyond)
    else:
        etree.strip_elements(copied, *beyond, with_tail=False)
    for element in _elements(copied):
        for name in [str(a) for a in element.attrib if str(a) in _names()[1] - _ours()[1]]:
            del element.attrib[name]
    return copied


def _shape(root: etree._Element) -> Iterator[Problem]:
    schema = _schema()
    if schema.validate(root):
        return
    strangers, beyond = list(_strangers(root)), list(_beyond(root))
    yield from strangers or beyond
    if strangers or any(schema.validate(_without_beyond(root, text=text)) for text in (True, False)):
        return
    schema.validate(root)
    entries = list(schema.error_log)[:_ALL_SHAPE_ERRORS]
    for line, message in dict.fromkeys((entry.line, _plainly(str(entry.message))) for entry in entries):
        yield Problem(line, message, "Compare with docs/tei.md, or undo the last change here.")


def _plainly(message: str) -> str:
    """libxml2's sentence in words a transcriber uses."""
    for beginning, meaning in (
        ("Did not expect element ", "this element does not belong here: "),
        ("Expecting an element ", "an element is missing: "),
        ("Invalid attribute ", "this attribute does not belong here, or its value is not allowed: "),
        ("Element ", "in element "),
        ("Did not expect text in element ", "no text is allowed directly in element "),
        ("Extra element ", "this element is one too many or in the wrong place: "),
        ("Type ", "a value is of the wrong kind: "),
        ("Error validating datatype ", "a value is not of the kind needed, "),
    ):
        if message.startswith(beginning):
            message = meaning + message[len(beginning) :]
    return f"Not in the shape of a record: {message.rstrip('.')}."


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return (node for node in root.iter() if is_element(node))


def _at(element: etree._Element) -> int:
    return int(getattr(element, "sourceline", None) or 1)


def _ids(root: etree._Element) -> Iterator[Problem]:
    counts = Counter(e.get(XML_ID) for e in _elements(root))
    given: set[str] = set()
    for element in _elements(root):
        name = element.get(XML_ID)
        if name and name in given:
            yield Problem(
                _at(element), f"The id {name!r} is given {counts[name]} times.", "Give each its own id."
            )
        given.add(name or "")
        for attribute in _POINTERS:
            for target in (element.get(attribute) or "").split():
                if target.startswith("#") and target[1:] not in counts:
                    yield Problem(
                        _at(element),
                        f"{local(element)}/@{attribute} points to {target}, and nothing here has that id.",
                        "Correct the pointer, or add what it points to.",
                    )


def _certs(root: etree._Element) -> Iterator[Problem]:
    for element in _elements(root):
        cert = element.get("cert")
        if cert is not None and cert not in _CERT_WORDS and probability(cert) is None:
            yield Problem(
                _at(element),
                f"{local(element)}/@cert is {cert!r}.",
                "Write a number from 0 to 1, or high, medium, low, unknown.",
            )


def _zones(root: etree._Element) -> Iterator[Problem]:
    for surface in root.iter(q("surface")):
        frame = corners(surface)
        if not frame:
            continue
        (left, top), (right, bottom) = frame[0], frame[-1]
        for zone in surface.iter(q("zone"), q("path")):
            points = corners(zone)
            outside = zone.get("type") != PICTURE and any(
                not (left <= x <= right and top <= y <= bottom) for x, y in points
            )
            backward = zone.get("points") is None and len(points) == 2 and (
                points[1][0] < points[0][0] or points[1][1] < points[0][1]
            )  # fmt: skip
            name = zone.get(XML_ID) or local(zone)
            if outside:
                yield Problem(
                    _at(zone), f"{name} lies outside its surface.", "Bring its coordinates into the surface."
                )
            if backward:
                yield Problem(_at(zone), f"{name} ends before it begins.", "Exchange its coordinates.")


def _numbers(root: etree._Element) -> Iterator[Problem]:
    page: set[str] = set()
    for element in (e for text in root.iterchildren(q("text")) for e in text.iter(q("pb"), q("lb"))):
        if local(element) == "pb":
            page = set()
            continue
        n = element.get("n")
        if n and n in page:
            yield Problem(
                _at(element), f"Line number {n} is used twice on this page.", "Renumber one of them."
            )
        page.add(n or "")
