"""A record checked, each problem told with its line, in plain words, with what to do."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from lxml import etree

from ocr.errors import RecordError
from ocr.tei.names import PICTURE, XML_ID, is_element, local, q
from ocr.tei.places import corners
from ocr.tei.tree import load

_POINTERS = ("facs", "resp", "change", "corresp", "who", "hand", "target", "wit")
_CERT_WORDS = frozenset({"high", "medium", "low", "unknown"})
_ALL_SHAPE_ERRORS = 20
"""One slip can make libxml2 report many; the first tell enough."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend: the line of the file (1 is the first), what is wrong, what to do about it."""

    line: int
    message: str
    advice: str = ""

    def __str__(self) -> str:
        return f"line {self.line}: {self.message} {self.advice}".rstrip()


@cache
def _schema() -> etree.RelaxNG:
    held = resources.files("ocr.tei").joinpath("schema", "tetradi.rng").read_bytes()
    return etree.RelaxNG(etree.fromstring(held))


def validate(path: Path) -> list[Problem]:
    """The problems of a TEI file, in the order of its lines; none when it is a valid record.

    Checks: well-formed and without DOCTYPE; our schema (a subset of TEI P5); ids unique and pointers leading
    somewhere; probabilities; zones inside their surface; line numbers told once per page.
    """
    try:
        root = load(path)
    except RecordError as error:
        return [Problem(_line_in(error), str(error))]
    return problems_of(root)


def problems_of(root: etree._Element) -> list[Problem]:
    """The same, for a tree that is parsed."""
    if root.find(f".//{q('bibl')}[@type='scan']") is None and not _schema().validate(root):
        what = "This is TEI, but not in the shape tetradi writes (no scan is named in its header)."
        return [
            Problem(1, what, "It can be compared and read as text; it cannot be reviewed or renewed here.")
        ]
    found = [*_shape(root), *_ids(root), *_certs(root), *_zones(root), *_numbers(root)]
    return sorted(found, key=lambda problem: problem.line)


def _line_in(error: RecordError) -> int:
    cause = error.__cause__
    return (cause.lineno or 1) if isinstance(cause, etree.XMLSyntaxError) else 1


def _shape(root: etree._Element) -> Iterator[Problem]:
    schema = _schema()
    if schema.validate(root):
        return
    seen: set[tuple[int, str]] = set()
    for entry in list(schema.error_log)[:_ALL_SHAPE_ERRORS]:
        message = _plainly(str(entry.message))
        if (entry.line, message) not in seen:
            seen.add((entry.line, message))
            yield Problem(entry.line, message, "Compare with docs/tei.md, or undo the last change here.")


def _plainly(message: str) -> str:
    """libxml2's sentence in words a transcriber uses."""
    for said, meant in (
        ("Did not expect element ", "this element does not belong here: "),
        ("Expecting an element ", "an element is missing: "),
        ("Invalid attribute ", "this attribute does not belong here, or its value is not allowed: "),
        ("Element ", "in element "),
        ("Did not expect text in element ", "no text is allowed directly in element "),
        ("Extra element ", "this element is one too many or in the wrong place: "),
        ("Type ", "a value is of the wrong kind: "),
        ("Error validating datatype ", "a value is not of the kind needed, "),
    ):
        if message.startswith(said):
            message = meant + message[len(said) :]
    return f"Not in the shape of a record: {message.rstrip('.')}."


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return (node for node in root.iter() if is_element(node))


def _at(element: etree._Element) -> int:
    return int(getattr(element, "sourceline", None) or 1)


def _ids(root: etree._Element) -> Iterator[Problem]:
    counts = Counter(e.get(XML_ID) for e in _elements(root))
    told: set[str] = set()
    for element in _elements(root):
        name = element.get(XML_ID)
        if name and counts[name] > 1 and name in told:
            yield Problem(
                _at(element), f"The id {name!r} is given {counts[name]} times.", "Give each its own id."
            )
        told.add(name or "")
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
        held = element.get("cert")
        if held is None or held in _CERT_WORDS:
            continue
        try:
            good = 0.0 <= float(held) <= 1.0
        except ValueError:
            good = False
        if not good:
            yield Problem(
                _at(element),
                f"{local(element)}/@cert is {held!r}.",
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
