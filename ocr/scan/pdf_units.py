"""How many points a unit of each page of a PDF is (/UserUnit, PDF 1.6), which pdfium does not tell.

The page tree is followed in the bytes of the file, object streams included (ISO 32000-1, 7.5.7, 7.7.3).
"""

import re
import zlib
from collections.abc import Iterator

_BEGINS = re.compile(rb"\b(\d{1,10})\s+\d{1,5}\s+$")
_ENDS = re.compile(rb"endobj|stream\r?\n")
_ROOT = re.compile(rb"/Root\s+(\d{1,10})\s+\d+\s+R")
_PAGES = re.compile(rb"/Pages\s+(\d{1,10})\s+\d+\s+R")
_KIDS = re.compile(rb"/Kids\s*(?:\[([^\]]*)\]|(\d{1,10})\s+\d+\s+R)")
_REFERENCE = re.compile(rb"(\d{1,10})\s+\d{1,5}\s+R\b")
_UNIT = re.compile(rb"/UserUnit\s+(?:(\d{1,10})\s+\d{1,5}\s+R\b|(\d*\.?\d+))")
_NUMBER = re.compile(rb"\s*(\d*\.?\d+)")
_HELD = re.compile(rb"/(N|First)\s+(\d{1,9})")
_MOST_UNPACKED = 10_000_000
_MOST_PAGES = 100_000
_LEAST, _MOST = 0.01, 10_000.0


def user_units(content: bytes, sheets: int) -> list[float] | None:
    """The unit of each page in points, 1 where the page tells none; None when the pages that the file names
    are not `sheets`, so that nobody knows which is which."""
    if b"/UserUnit" not in content and b"/ObjStm" not in content:
        return [1.0] * sheets
    objects = dict(_objects(content))  # what is appended to a file replaces what stood there
    roots = [int(root[1]) for root in _ROOT.finditer(content)]
    pages = _PAGES.search(objects.get(roots[-1], b"")) if roots else None
    units = [] if pages is None else [_unit(body, objects) for body in _pages(int(pages[1]), objects)]
    return units if len(units) == sheets else None


def _objects(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = content.find(b"obj")
    while at >= 0:
        begins, end = _BEGINS.search(content[max(at - 24, 0) : at]), at + 3
        if begins is not None and (ends := _ENDS.search(content, end)) is not None:
            body, end = content[end : ends.start()], ends.end()
            yield int(begins[1]), body
            if b"/ObjStm" in body:
                yield from _packed(body, content[end : content.find(b"endstream", end)])
        at = content.find(b"obj", end)


def _packed(entries: bytes, stream: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects of an object stream; none when it is stored in a way not known here."""
    counts = {name: int(value) for name, value in _HELD.findall(entries)}
    try:
        content = zlib.decompressobj().decompress(stream, _MOST_UNPACKED)
        numbers = [int(word) for word in content[: counts[b"First"]].split()[: 2 * counts[b"N"]]]
    except (zlib.error, KeyError, ValueError):
        return
    starts = [counts[b"First"] + at for at in numbers[1::2]]
    for number, start, end in zip(numbers[::2], starts, [*starts[1:], len(content)], strict=False):
        yield number, content[start:end]


def _pages(root: int, objects: dict[int, bytes]) -> Iterator[bytes]:
    """The pages below a node of the page tree, in order."""
    waiting, visited = [root], set[int]()
    while waiting and len(visited) < _MOST_PAGES:
        number = waiting.pop()
        body = objects.get(number)
        if body is None or number in visited:
            continue
        visited.add(number)
        kids = _KIDS.search(body)
        if kids is None:
            yield body
            continue
        listed = objects.get(int(kids[2]), b"") if kids[2] else kids[1]
        waiting += [int(reference) for reference in reversed(_REFERENCE.findall(listed))]


def _unit(page: bytes, objects: dict[int, bytes]) -> float:
    match = _UNIT.search(page)
    if match is None:
        return 1.0
    number = match[2]
    if match[1]:
        indirect = _NUMBER.match(objects.get(int(match[1]), b""))
        number = indirect[1] if indirect else b"1"
    return unit if _LEAST <= (unit := float(number)) <= _MOST else 1.0
