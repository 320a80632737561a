"""What of a record is searched: its lines, their words, and what each word may be, with probabilities.

A record that no person touched is read quickly, by the flow of its text alone; one that a person touched as
the desk shows it, since words and lines that a person answers for are certain.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView, view
from ocr.geometry import Box
from ocr.search.as_written import Written, WrittenLine, line_ident, read_as_written
from ocr.search.folding import HYPHENS, each_key, key_of, keys_of
from ocr.tei.flow import FlowLine, TextRules, flow, probability, tokens
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
    spelt, lines = (None if is_placed else read_as_written(content)) or (content, None)
    root = load(spelt)
    if any(not is_machine(e) for e in root.iter(q("respStmt"))):
        return _as_shown(content, is_placed=is_placed)
    statement = next(root.iter(q("titleStmt")), None)
    title = text_of(None if statement is None else statement.find(q("title")))
    if lines is not None:
        return SearchPage(title, _searched(lines))
    of_tree = list(_lines(root))
    searched = _searched([WrittenLine(ident, [word for word, _ in words]) for ident, words in of_tree])
    if is_placed:
        zones = {zone.get(XML_ID): zone for zone in root.iter(q("zone"))}
        places = [tuple(_place(element, zones) for _, element in words) for _, words in of_tree]
        searched = tuple(
            replace(line, places=of_line) for line, of_line in zip(searched, places, strict=True)
        )
    return SearchPage(title, searched)


def _lines(root: etree._Element) -> Iterator[tuple[str, list[tuple[Written, etree._Element | None]]]]:
    """The lines of a tree that have words, these with their elements."""
    number = 0
    for line in flow(root, _RULES):
        lb = line.start if line.start is not None and local(line.start) == "lb" else None
        number += lb is not None
        if words := list(_words(line)):
            yield "" if lb is None else line_ident(lb.get("facs"), lb.get(XML_ID), number), words


def _words(line: FlowLine) -> Iterator[tuple[Written, etree._Element | None]]:
    for token in tokens(line.runs, inside=False):
        elements = [run.word for run in token if run.word is not None]
        text = "".join([run.text for run in token])
        if token[0].gap is not None or not text.strip():
            continue
        # the w, else the first pc of marks alone
        main = next((e for e in elements if e.tag == _W), elements[0] if elements else None)
        yield ((text, None, ()) if main is None else (text, main.get("cert"), _rivals(main))), main


_W, _CHOICE = q("w"), q("choice")


def _place(word: etree._Element | None, zones: Mapping[str | None, etree._Element]) -> Box | None:
    idents = () if word is None else pointers(word, "facs")
    return box_of(next((zones[ident] for ident in idents if ident in zones), None))


def _rivals(word: etree._Element) -> list[tuple[str, str]]:
    choice = word.find(_CHOICE)
    if choice is None or not len(choice) or choice[0].get("reason") not in {LOW_CONFIDENCE, RIVAL}:
        return []
    return [(other.get("cert", ""), "".join(map(str, other.itertext()))) for other in list(choice)[1:]]


def _searched(lines: Sequence[WrittenLine]) -> tuple[SearchLine, ...]:
    """The lines of a page as they are searched; its keys are made all at once, which is quick."""
    doubtful = [word for line in lines for word in line.words if word[2]]
    keys = iter(each_key([each for text, _, rivals in doubtful for each in (text, *(r for _, r in rivals))]))
    searched = []
    for ident, words in lines:
        spots = []
        for written, cert, rivals in words:
            text = written if written.isalpha() else " ".join(written.split())
            if rivals:
                own = next(keys)
                shares = [(next(keys), _probability(p)[0] or 0.0) for p, _ in rivals]
                spots.append(_doubtful(text, _probability(cert)[0], own, shares))
            else:
                spots.append(Spot(text, _probability(cert)[1]))
        searched.append(SearchLine(ident, tuple(spots)))
    return tuple(searched)


@lru_cache(maxsize=1 << 14)  # ten thousand are spelt
def _probability(cert: str | None) -> tuple[float | None, float]:
    """What a cert says, and in hundredths what it says of a word that nobody doubts."""
    likely = probability(cert)
    return likely, 1.0 if likely is None else round(likely, 2)


def spot(text: str, certain: float | None, rivals: Sequence[tuple[str, float]]) -> Spot:
    """A word with what else it may be, each with its probability."""
    own, *keys = each_key([text, *(rival for rival, _ in rivals)])
    return _doubtful(text, certain, own, [(key, share) for key, (_, share) in zip(keys, rivals, strict=True)])


def _doubtful(text: str, certain: float | None, own: str, rivals: Sequence[tuple[str, float]]) -> Spot:
    """A word with its rivals by what they are compared by: those that differ in case, old spelling or marks
    alone speak for each other."""
    likely = 1.0 if certain is None else certain
    others: dict[str, float] = {}
    for key, share in rivals:
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
    readings = [readings_alone(spot, key_of(spot.text)) for spot in line.spots]
    begun, whole = broken_ends(before, line, following)
    if begun:
        readings[0] = ()
    if whole:
        readings[-1] = whole
    return readings, bool(whole)


def broken_ends(
    before: Spot | None, line: SearchLine, following: Spot | None
) -> tuple[bool, tuple[Reading, ...]]:
    """Is the first word of a line the end of one of the line before; and what may the last be that ends in
    the next line, nothing when it does not?"""
    begun = before is not None and bool(_joined(before, line.spots[0]))
    if following is None or (begun and len(line.spots) == 1):
        return begun, ()
    return begun, _joined(line.spots[-1], following)


def readings_alone(spot: Spot, key: str) -> tuple[Reading, ...]:
    """What a spot may be when no line end breaks it; `key` is that of its text."""
    own = tuple([Reading(key, spot.likely, n > 0) for n, key in enumerate(keys_of(spot.text, key))])
    return (*own, *[Reading(*other) for other in spot.others]) if spot.others else own


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
