"""What an element of a record says, letter by letter: its text, and the marks around parts of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ocr.corrections.spans import Document, Element
from ocr.tei.names import NO_TEXT
from ocr.text import bare_word

PARTIAL = ("del", "add", "supplied", "unclear", "hi", "superscript")
"""The marks that TEI allows within a word, outermost first."""
SILENT = NO_TEXT | {
    "note",
    "pb",
    "cb",
    "gb",
    "milestone",
    "anchor",
    "figure",
    "rdg",
    "fs",
    "addSpan",
    "delSpan",
    "",
}
"""What a word of a line does not consist of: no text at all, or text of another place."""
_FIRST_OF = ("sic", "abbr", "orig", "unclear")


@dataclass(frozen=True, slots=True)
class Part:
    """Letters of a word that follow each other and are marked alike."""

    text: str
    marks: tuple[str, ...] = ()


def mark_of(element: Element) -> str:
    """What an element is as a mark: its name, but of hi with raised letters "superscript"."""
    raised = element.name == "hi" and element.get("rend") in {"superscript", "sup", "super"}
    return "superscript" if raised else element.name


def is_persons(element: Element) -> bool:
    """Is the mark a person's? The machine's own doubt is none."""
    return element.name != "unclear" or not (element.get("reason") or "").startswith("ocr_")


def parts_of(
    doc: Document, element: Element, instead: Element | None = None, marks: tuple[str, ...] = ()
) -> list[Part]:
    """What an element says: of choice the first reading, of app the lem, notes left out. `instead` is taken
    for the first reading of its choice. `marks` are those around the element."""
    if element.name in SILENT or element.name in {"gap", "lb"}:
        return []
    if element.name in {"choice", "app"}:
        named = {child.name: child for child in reversed(element.children)}
        order = ("lem", "rdg") if element.name == "app" else _FIRST_OF
        first = next((named[name] for name in order if name in named), None)
        chosen = instead if instead in element.children else first
        return [] if chosen is None else parts_of(doc, chosen, instead, marks)
    if element.name in PARTIAL and is_persons(element):
        marks = (*marks, mark_of(element))
    return _inside(doc, element, instead, marks)


def _inside(doc: Document, element: Element, instead: Element | None, marks: tuple[str, ...]) -> list[Part]:
    parts, at = [], element.inner
    for child in element.children:
        parts += [Part(doc.run(at, child.start), marks), *parts_of(doc, child, instead, marks)]
        at = child.end
    return [*parts, Part(doc.run(at, element.inner_end), marks)]


def text_of(doc: Document, element: Element, instead: Element | None = None) -> str:
    """The text of `parts_of`."""
    return "".join(part.text for part in parts_of(doc, element, instead))


def content_of(doc: Document, element: Element) -> str:
    """What stands in a rdg or lem, which by themselves say nothing."""
    return "".join(part.text for part in _inside(doc, element, None, ()))


def folded(parts: Iterable[Part], marks: tuple[str, ...]) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Parts of a word and marks of the whole, as they are told: a mark on every letter is one of the word,
    punctuation around the word has none of its own, and a word without marked parts has no parts."""
    letters = [(letter, {*part.marks} - {*marks}) for part in parts for letter in part.text]
    if not any(own_marks for _, own_marks in letters):
        return (), marks
    before, core, _ = bare_word("".join(letter for letter, _ in letters))
    first, last = len(before), len(before) + len(core)
    shared = set.intersection(*(own_marks for _, own_marks in letters[first:last])) if core else set[str]()
    folded_parts: list[Part] = []
    for at, (letter, own_marks) in enumerate(letters):
        own = tuple(m for m in PARTIAL if m in own_marks - shared) if first <= at < last else ()
        if folded_parts and folded_parts[-1].marks == own:
            folded_parts[-1] = Part(folded_parts[-1].text + letter, own)
        else:
            folded_parts.append(Part(letter, own))
    whole = (*marks, *(m for m in PARTIAL if m in shared))
    return (tuple(folded_parts) if any(part.marks for part in folded_parts) else ()), whole
