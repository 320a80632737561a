"""The words of a record as our writer spells them, read by patterns: no tree is made of what most pages are.

A record is many times what is searched of it, places and header, and a tree of that takes most of the time of
an index. So the text is taken apart by patterns that know each element our writer makes and how it spells it.
Whatever they do not match, to the last character, is not read here: the tree is there for it, and says the
same of what is (tests/search/test_as_written.py).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ocr.tei.names import LETTER, LOW_CONFIDENCE, RIVAL
from ocr.tei.tree import has_doctype, is_well_formed

Written = tuple[str, str | None, Sequence[tuple[str, str]]]
"""A word of a line: its text, never blank; its cert as it is spelt; and what else it may be, the cert of each
and its text."""


class WrittenLine(NamedTuple):
    """A line with words."""

    ident: str
    """How the desk calls it; empty of text that no lb begins."""
    words: list[Written]


_BEGIN = b'<?xml version="1.0" encoding="UTF-8"?>'
_TEXT, _END, _AFTER_TEXT = b"<text>", "</text>", re.compile(r"\s*</TEI>\s*")
_STATEMENT, _AFTER_IT = b"</titleStmt>", b"</fileDesc></teiHeader></TEI>"

_VALUE = '[^"<>&]*'
_ATTRIBUTES = f'(?: (?!xmlns)[A-Za-z:]+="{_VALUE}")*'
_OTHER = f'<unclear cert="({_VALUE})">([^<&]*)</unclear>'
_OTHERS = _OTHER.replace("(", "(?:")
_LETTER = f'<unclear reason="{LETTER}"{_ATTRIBUTES}>[^<&]*</unclear>'
_LETTERS = (
    f"[^<&]*(?:(?:{_LETTER}|<choice>{_LETTER}(?:{_OTHERS})*</choice>|</?(?:hi|pc){_ATTRIBUTES}>)[^<&]*)*"
)
_WHOLE = f'<unclear reason="(?:{LOW_CONFIDENCE}|{RIVAL})"{_ATTRIBUTES}>({_LETTERS})</unclear>'
_MARKED = re.compile(f"(?:<choice>{_WHOLE}((?:{_OTHERS})*)</choice>|{_WHOLE})?({_LETTERS})")
_PIECES = re.compile(
    f'<(w|pc)(?: facs="{_VALUE}")?(?: cert="({_VALUE})")?(?: (?:part|force)="{_VALUE}")?>'
    "(?:([^<&\\s][^<&]*)|(.+?))</\\1>([ \n]*)"
    f"|<(lb{_ATTRIBUTES})/>"
    f"|<(/?(?:div|ab|body|table|row|cell|pb|add|del|fw|hi){_ATTRIBUTES}/?"
    f"|gap{_ATTRIBUTES}(?:/|><desc>[^<&]*</desc></gap))>"
    "|[ \t\r\n]+|(.+)",
    re.DOTALL,
)
_OTHER_PIECES, _ALL_OTHERS, _TAGS = re.compile(_OTHER), re.compile(_OTHERS), re.compile("<[^>]*>")
_GIVEN = re.compile(f' ([A-Za-z:]+)="({_VALUE})"')
_INSIDE = ("add", "del", "fw", "hi", "/add", "/del", "/fw", "/hi")
"""Of a line; any other element ends it."""


def line_ident(facs: str | None, xml_id: str | None, number: int) -> str:
    """How the desk calls the line of the number-th lb: by the id of its zone, its own, or as lb.7."""
    zones = [pointer[1:] for pointer in (facs or "").split() if pointer.startswith("#")]
    return next(iter(zones), None) or xml_id or f"lb.{number}"


def read_as_written(content: bytes) -> tuple[bytes, list[WrittenLine]] | None:
    """A record without what follows its title, and its lines with words; None of what is spelt otherwise."""
    text = content.find(_TEXT)
    head, after, places = content[: max(text, 0)].partition(_STATEMENT)
    if (
        not content.startswith(_BEGIN)
        or not after
        or b"respStmt" in places
        or b"<text" in places
        or head.count(b"xmlns") != 1
        or b"xmlns" in places
    ):
        return None
    head += after + _AFTER_IT
    if has_doctype(content) or not is_well_formed(head) or not is_well_formed(content):
        return None
    body, end, rest = content[text + len(_TEXT) :].decode().rpartition(_END)
    lines = _lines(body) if end and _AFTER_TEXT.fullmatch(rest) else None
    return (head, lines) if lines else None


def _lines(text: str) -> list[WrittenLine] | None:
    """The lines of a text; None when something stands there that is not known."""
    lines = [WrittenLine("", [])]
    parts: list[tuple[str, Written]] = []  # of a word, with their tags, while no space has ended it
    number = 0
    for tag, cert, plain, marked, space, lb, other, unknown in _PIECES.findall(text):
        if tag:
            part = _marked(cert, marked) if marked else (plain, cert, ())
            if part is None:
                return None
            if space and not parts:
                lines[-1].words.append(part)
                continue
            parts.append((tag, part))
            if not space:
                continue
        elif unknown:
            return None
        elif other and other.split(" ", 1)[0] in _INSIDE:
            continue
        if parts:
            lines[-1].words.append(_joined(parts))
            parts = []
        if lb:
            number += 1
            given = dict(_GIVEN.findall(lb))
            lines.append(WrittenLine(line_ident(given.get("facs"), given.get("xml:id"), number), []))
        elif other and not other.startswith("gap"):
            lines.append(WrittenLine("", []))
    return [line for line in lines if line.words]


def _joined(parts: list[tuple[str, Written]]) -> Written:
    """The word that parts without a space are: the first w speaks for it, else the first mark."""
    texts = "".join([part[0] for _, part in parts])
    _, cert, rivals = next((part for tag, part in parts if tag == "w"), parts[0][1])
    return texts, cert, rivals


def _marked(cert: str, inner: str) -> Written | None:
    """A word in which something is marked: it as a whole with its rivals, or some of its letters."""
    match = _MARKED.fullmatch(inner)
    if match is None:
        return None
    own, rivals, doubtful, letters = match.groups("")
    text = own + doubtful + letters
    if "<" in text:
        text = _TAGS.sub("", _ALL_OTHERS.sub("", text))
    if not text.strip():
        return None
    return text, cert, _OTHER_PIECES.findall(rivals)
