"""Lines of text that annotations of an IIIF canvas hold (Presentation API 2 and 3), as a page."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

from ocr.geometry import Box, Outline
from ocr.imports.foreign import ForeignLine, ForeignPage, ForeignRegion, ForeignWord, outline_of, points_of
from ocr.imports.manifest import CanvasPicture, listed
from ocr.text import fit_for_xml, nfc

_MOST_LISTS = 50
"""So many lists of annotations are asked for, of one canvas: a list may name the next for ever."""
_MOST_LINES = 5000
_TEXT = frozenset({"supplementing", "transcribing", "painting"})
"""Why an annotation is made that holds what stands on the canvas; others comment on it."""
_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?)"
_XYWH = re.compile(rf"xywh=(?:pixel:)?{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}(?![\d.%])")
_SVG = re.compile(r"""<(?:polygon|path)\b[^>]*?\s(?:points|d)=["']([MLZz\d\s,.]*)["']""")


def page_of(canvas: CanvasPicture, get: Callable[[str], Any], left_out: Counter[str]) -> ForeignPage | None:
    """The lines of a canvas in the order of its annotations; None when it has none with a text and a place.

    `get` gives the JSON of an address, and raises what stands in the way. What is not taken is counted.
    """
    lines: list[ForeignLine] = []
    for annotation in _annotations(canvas, get, left_out):
        line = _line(annotation, canvas.ident, left_out)
        if line is not None and len(lines) < _MOST_LINES:
            lines.append(line)
        elif line is not None:
            left_out[f"line beyond {_MOST_LINES} of a canvas"] += 1
    if not lines or canvas.size is None:
        left_out["annotation of a canvas without a size"] += len(lines)
        return None
    return ForeignPage("IIIF", (ForeignRegion(tuple(lines)),), size=canvas.size, is_pixels=False)


def _annotations(
    canvas: CanvasPicture, get: Callable[[str], Any], left_out: Counter[str]
) -> Iterator[dict[str, Any]]:
    """The annotations of all lists, those that the manifest only names asked for, each once."""
    waiting, asked = list(canvas.lists), set[str]()
    while waiting:
        page = waiting.pop(0)
        if not isinstance(page, dict):
            continue
        inner, address = listed(page, "items", "resources"), _ident(page)
        if not inner and address and address not in asked:
            if len(asked) >= _MOST_LISTS:
                left_out["list of annotations beyond so many"] += 1
                continue
            asked.add(address)
            page = get(address)
            inner = listed(page, "items", "resources") if isinstance(page, dict) else []
        yield from (annotation for annotation in inner if isinstance(annotation, dict))
        following = page.get("next") if isinstance(page, dict) else None
        if following:
            waiting.insert(0, following if isinstance(following, dict) else {"id": following})


def _line(annotation: dict[str, Any], canvas: str, left_out: Counter[str]) -> ForeignLine | None:
    reasons = [str(each).rpartition(":")[2] for each in listed(annotation, "motivation")]
    if reasons and not _TEXT.intersection(reasons):
        left_out[f"annotation for {reasons[0][:40]}"] += 1
        return None
    part = annotation.get("textGranularity")
    if part not in (None, "line"):
        left_out[f"annotation of a {str(part)[:40]}"] += 1
        return None
    texts = [text for body in listed(annotation, "body", "resource") if (text := _text(body))]
    if len(texts) != 1:
        left_out["annotation with other texts" if texts else "annotation without a text"] += 1
        return None
    if "\n" in texts[0]:
        left_out["annotation of several lines"] += 1
        return None
    outline = _place(listed(annotation, "target", "on"), canvas)
    if outline is None:
        left_out["text without a place of its own"] += 1
        return None
    return ForeignLine(tuple(map(ForeignWord, texts[0].split())), outline)


def _text(body: Any) -> str:
    """The text of a body, its lines parted; empty when it holds none."""
    if not isinstance(body, dict):
        return ""
    value = next((body[key] for key in ("value", "chars") if isinstance(body.get(key), str)), "")
    if "html" in str(body.get("format")):
        reader = _PlainText()
        reader.feed(value)
        reader.close()
        value = "".join(reader.pieces)
    return nfc("\n".join(filter(None, (fit_for_xml(line)[0].strip() for line in value.splitlines()))))


class _PlainText(HTMLParser):
    """The text of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """A line ends where a paragraph begins, and at a break."""
        if tag in {"br", "p", "div", "li"}:
            self.pieces.append("\n")


def _place(targets: list[Any], canvas: str) -> Outline | None:
    """The part of the canvas that is meant, in its units; None when it is all of it, or another."""
    for target in targets:
        if isinstance(target, str):
            ident, _, fragment = target.partition("#")
            selectors: list[Any] = [{"value": fragment}]
        elif isinstance(target, dict):
            source = next((target[key] for key in ("source", "full", "id", "@id") if target.get(key)), "")
            ident, _, fragment = (source if isinstance(source, str) else _ident(source)).partition("#")
            selectors = [{"value": fragment}, *listed(target, "selector")]
        else:
            continue
        if ident and canvas and ident != canvas:
            continue
        for selector in selectors:
            outline = _outline(selector)
            if outline is not None:
                return outline
    return None


def _outline(selector: Any) -> Outline | None:
    if not isinstance(selector, dict):
        return None
    value = selector.get("value") or selector.get("chars")
    if isinstance(value, str):
        if svg := _SVG.search(value[:100_000]):
            numbers: list[float | None] = [float(each) for each in re.findall(r"\d{1,9}(?:\.\d+)?", svg[1])]
            return outline_of(points_of(numbers), None)
        if box := _XYWH.search(value[:1000]):
            left, top, wide, high = map(float, box.groups())
            return Box(left, top, left + wide, top + high).outline() if wide and high else None
    both = (_outline(each) for key in ("item", "default") for each in listed(selector, key)[:1])
    return next((outline for outline in both if outline is not None), None)


def _ident(value: Any) -> str:
    ident = (value.get("id") or value.get("@id")) if isinstance(value, dict) else None
    return ident if isinstance(ident, str) else ""
