"""What of a record is searched: its lines, their words, and what each word may be, with probabilities.

A record that no person touched is read quickly, by the flow of its text alone; one that a person touched as
the desk shows it, since words and lines that a person answers for are certain.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView, view
from ocr.geometry import Box
from ocr.search.folding import HYPHENS, key_of, keys_of
from ocr.tei.flow import FlowLine, TextRules, confidence_of, flow, tokens
from ocr.tei.names import LOW_CONFIDENCE, RIVAL, STATES, XML_ID, local, pointers, q
from ocr.tei.places import box_of
from ocr.tei.seal import is_machine
from ocr.tei.tree import load, text_of

LEAST_RIVAL = 0.05
"""What is less likely is not searched."""
_JOINED = 4
"""Of a word that a line end breaks, so many readings of each half are joined."""
_RULES = TextRules(deleted="keep")


class Spot(NamedTuple):
    """A word of a line and what it may be. Most are equal to many others, so that what follows from one is
    remembered."""

    text: str
    likely: float
    """The probability that it is what its text says, spelling aside, 0..1 in hundredths; 1 when nobody doubts
    it."""
    others: tuple[tuple[str, float], ...] = ()
    """Keys of what else it may be, each with its probability, the likeliest first."""


@dataclass(frozen=True, slots=True)
class SearchLine:
    """A line of a record."""

    ident: str
    """How the desk calls it: the id of its zone, its own, or lb.7 for the seventh."""
    spots: tuple[Spot, ...]
    places: tuple[Box | None, ...] = ()
    """Of each spot, when they are asked for, on the upright scan."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A record as it is searched."""

    title: str
    lines: tuple[SearchLine, ...]


def search_page(content: bytes, *, is_placed: bool = False) -> SearchPage:
    """The words of a TEI file, and if asked their places, which takes longer. RecordError when it is none."""
    root = load(content)
    people = [e for e in root.iter(q("respStmt")) if not is_machine(e)]
    if people:
        return _as_shown(content, is_placed=is_placed)
    zones = {zone.get(XML_ID): zone for zone in root.iter(q("zone"))} if is_placed else {}
    lines, number = [], 0
    for line in flow(root, _RULES):
        number += line.start is not None and local(line.start) == "lb"
        if words := list(_words(line)):
            places = tuple(_place(element, zones) for _, element in words) if is_placed else ()
            lines.append(SearchLine(_ident(line.start, number), tuple(spot for spot, _ in words), places))
    statement = next(root.iter(q("titleStmt")), None)
    title = None if statement is None else statement.find(q("title"))
    return SearchPage(text_of(title), tuple(lines))


def _ident(start: etree._Element | None, number: int) -> str:
    """As the desk calls a line; empty of text that no lb begins."""
    if start is None or local(start) != "lb":
        return ""
    return next(iter(pointers(start, "facs")), None) or start.get(XML_ID) or f"lb.{number}"


def _words(line: FlowLine) -> Iterator[tuple[Spot, etree._Element | None]]:
    """The words of a line with their elements."""
    for token in tokens(line.runs, inside=False):
        first = token[0]
        if first.gap is not None:
            continue
        main = first.word
        if main is None or main.tag != _W:  # the w, else the first pc of marks alone
            elements = [run.word for run in token if run.word is not None]
            main = next((e for e in elements if e.tag == _W), elements[0] if elements else None)
        text = first.text if len(token) == 1 else "".join([run.text for run in token])
        if not text.isalpha() and not (text := " ".join(text.split())):
            continue
        if main is None:
            yield Spot(text, 1.0), None
            continue
        yield spot(text, confidence_of(main), _rivals(main) if len(main) else ()), main


_W, _CHOICE = q("w"), q("choice")


def _place(word: etree._Element | None, zones: dict[str | None, etree._Element]) -> Box | None:
    idents = () if word is None else pointers(word, "facs")
    return box_of(next((zones[ident] for ident in idents if ident in zones), None))


def _rivals(word: etree._Element) -> list[tuple[str, float]]:
    choice = word[0] if word[0].tag == _CHOICE else word.find(_CHOICE)
    if choice is None or not len(choice) or choice[0].get("reason") not in {LOW_CONFIDENCE, RIVAL}:
        return []
    return [
        ("".join(map(str, other.itertext())) if len(other) else other.text or "", confidence_of(other) or 0.0)
        for other in list(choice)[1:]
    ]


def spot(text: str, certain: float | None, rivals: Sequence[tuple[str, float]]) -> Spot:
    """A word with its rivals by what they are compared by: those that differ in case, old spelling or marks
    alone speak for each other."""
    likely = 1.0 if certain is None else certain
    if not rivals:
        return Spot(text, round(likely, 2))
    own = key_of(text)
    others: dict[str, float] = {}
    for rival, share in rivals:
        key = key_of(rival)
        if key == own:
            likely += share
        elif key:
            others[key] = others.get(key, 0.0) + share
    ranked = [(key, round(share, 2)) for key, share in others.items() if share >= LEAST_RIVAL]
    if len(ranked) > 1:
        ranked.sort(key=lambda each: -each[1])
    return Spot(text, round(min(likely, 1.0), 2), tuple(ranked))


def _as_shown(content: bytes, *, is_placed: bool = False) -> SearchPage:
    """The same of a record that a person touched: what the person wrote or accepted is certain."""
    record = view(content)
    lines = []
    for line in record.lines:
        if shown := [token for token in line.tokens if token.text]:
            places = tuple(token.box for token in shown) if is_placed else ()
            lines.append(SearchLine(line.ident, tuple(spot_shown(line, token) for token in shown), places))
    return SearchPage(record.name, tuple(lines))


def spot_shown(line: LineView, token: Token) -> Spot:
    """A word as the desk shows it: what a person wrote or accepted is certain."""
    text = " ".join(token.text.split())
    if token.by is not None or line.state != STATES[0]:
        return Spot(text, 1.0)
    return spot(text, token.cert, [(r.text, r.cert) for r in token.rivals if r.cert is not None])


class Reading(NamedTuple):
    """A word that may stand at a place: what it is found by, and the probability that it is that."""

    key: str
    likely: float
    is_part: bool = False
    """A part of a word that a hyphen parts."""


class Item(NamedTuple):
    """A word as it is searched: a spot, or the two halves that a line end parts."""

    start: int
    """Which spot of its line it begins at, from 0."""
    readings: tuple[Reading, ...]
    """What it may be; of a word parted by a hyphen its parts, too."""
    is_broken: bool = False
    """It goes on at the first spot of the next line."""


def items_of(before: Spot | None, line: SearchLine, following: Spot | None) -> list[Item]:
    """The words of a line, between the last spot of the line before and the first of the next: a word that a
    line end breaks belongs to the line where it begins, and no half is a word."""
    readings, is_broken = readings_of(before, line, following)
    items = [Item(at, each) for at, each in enumerate(readings) if each]
    return [*items[:-1], items[-1]._replace(is_broken=True)] if is_broken else items


def readings_of(
    before: Spot | None, line: SearchLine, following: Spot | None
) -> tuple[list[tuple[Reading, ...]], bool]:
    """What each spot of a line may be, nothing of what is no word or ends one of the line before; and does
    the last go on in the next line?"""
    readings = [_readings(spot) for spot in line.spots]
    begun = before is not None and bool(_joined(before, line.spots[0]))
    if begun:
        readings[0] = ()
    whole: tuple[Reading, ...] = ()
    if following is not None and not (begun and len(readings) == 1):
        whole = _joined(line.spots[-1], following)
    if whole:
        readings[-1] = whole
    return readings, bool(whole)


@lru_cache(maxsize=1 << 16)
def _readings(spot: Spot) -> tuple[Reading, ...]:
    keys = keys_of(spot.text)
    if len(keys) == 1 and not spot.others:
        return (Reading(keys[0], spot.likely),)
    own = [Reading(key, spot.likely, n > 0) for n, key in enumerate(keys)]
    return (*own, *[Reading(*other) for other in spot.others])


def _joined(spot: Spot, following: Spot) -> tuple[Reading, ...]:
    """What a word may be that begins at the last spot of a line and ends at the first of the next; nothing
    when no hyphen parts it."""
    text = spot.text
    if len(text) < 2 or text[-1] not in HYPHENS or not text[-2].isalpha() or not following.text[:1].isalpha():
        return ()
    halves = [[(key_of(half.text), half.likely), *half.others[: _JOINED - 1]] for half in (spot, following)]
    sums: dict[str, float] = {}
    for begin, p in halves[0]:
        for end, r in halves[1]:
            sums[begin + end] = sums.get(begin + end, 0.0) + p * r
    ranked = sorted(sums.items(), key=lambda each: -each[1])
    return tuple(Reading(*each) for each in ranked if each[1] >= LEAST_RIVAL or each is ranked[0])
