"""Search judged: of the words of a transcription, how many does a search find, and how many hits are right?

Each word of the truth of three letters and more is a keyword and is asked of the index of the records. A hit
is right when, by the alignment of the letters, the truth has the keyword where the hit stands; each place
counts once. All hits of all keywords ranked by their probability give the curve of recall and precision and
the average precision (global AP, as keyword spotting has it: Toselli, Vidal et al., 2016).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ocr.arrays import F64, I64
from ocr.errors import ComparisonError
from ocr.evaluate.align import align
from ocr.evaluate.bootstrap import DRAWS, SEED, Interval, resampled
from ocr.evaluate.pair import Pair, pair
from ocr.search.answer import answer
from ocr.search.folding import HYPHENS, edits_allowed, is_form, key_of
from ocr.search.index import opened, renew
from ocr.search.query import Clause, Query, Term
from ocr.search.record import search_page
from ocr.tei.flow import TextRules
from ocr.tei.tree import read

LEAST_LETTERS = 3
CERTAINTIES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.0)
PRECISION = 0.8
"""The recall is told that this precision leaves."""
_MOST_HITS = 10_000


@dataclass(frozen=True, slots=True)
class SearchPoint:
    """Hits of a probability and more. Rates 0..1; None where there is nothing to divide by."""

    certainty: float
    recall: float | None
    precision: float | None
    hits: int


@dataclass(frozen=True, slots=True)
class SearchScore:
    """How well one way of searching finds."""

    with_endings: bool
    """Forms of a word count as the word."""
    edits: int
    keywords: int
    places: int
    """Places of the truth where a keyword stands."""
    average_precision: Interval
    recall: float
    """Of all hits, however unlikely."""
    recall_at_precision: float
    """The most that can be found while `PRECISION` of the hits are right."""
    certainty_at_precision: float | None
    """From which probability on that is."""
    curve: tuple[SearchPoint, ...]


class _Word(NamedTuple):
    """A word of the truth."""

    key: str
    line: int
    """Which line of all pages, from 0."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page, and what of its truth stands against each word that was read."""

    place: str
    words: tuple[_Word, ...]
    against: dict[tuple[int, int], tuple[int, ...]]
    """By line and word as hits name them: words of the truth."""
    line_of: dict[tuple[int, int], int]
    """By the same: the line of the truth, from 0 in all pages."""
    lines: int


@dataclass(frozen=True, slots=True)
class _Hit:
    likely: float
    is_right: bool
    line: int


def judge(
    truth: Path,
    found: Path,
    *,
    rules: TextRules,
    allow_missing: bool = False,
    ways: Sequence[tuple[bool, int]] = ((False, 0), (False, 1), (True, 1)),
    seed: int = SEED,
    draws: int = DRAWS,
) -> tuple[SearchScore, ...]:
    """The search over records (a folder) judged by hand transcriptions, in several ways (endings, slips).

    The index of the records is renewed. ComparisonError when they are no folder of TEI, or nothing can be
    compared.
    """
    if not found.is_dir():
        raise ComparisonError(f"{found} is no folder of records; a search is judged over a folder.")
    pairs = pair(truth, found, rules, allow_missing=allow_missing).pairs
    pages: list[_Page] = []
    for each in pairs:
        pages.append(_page(each, found, sum(page.lines for page in pages)))
    keywords = sorted({word.key for page in pages for word in page.words if len(word.key) >= LEAST_LETTERS})
    if not keywords:
        raise ComparisonError("The truth has no word of three letters to search.")
    renew(found)
    return tuple(_score(found, pages, keywords, way, seed, draws) for way in ways)


def _page(each: Pair, found: Path, before: int) -> _Page:
    path = each.found.files[0]
    if path.suffix.lower() != ".xml":
        raise ComparisonError(f"{path} is no TEI; a search is judged over records.")
    lines = each.truth.text.split("\n")
    words, spans = _words(lines, before)
    places, text, starts = [], [], []
    at = 0
    for number, line in enumerate(search_page(read(path)).lines, 1):
        for n, spot in enumerate(line.spots, 1):
            places.append((number, n))
            text.append(spot.text.lower())
            starts.append((at, at + len(spot.text.lower())))
            at = starts[-1][1] + 1
    owner = _owners(" ".join(lines).lower(), " ".join(text), spans)
    against = {
        place: tuple(sorted({owner[n] for n in range(*span) if owner[n] >= 0}))
        for place, span in zip(places, starts, strict=True)
    }
    line_of, last = {}, before
    for place in places:
        last = words[against[place][0]].line if against[place] else last
        line_of[place] = last
    return _Page(path.relative_to(found).as_posix(), words, against, line_of, len(lines))


def _words(lines: Sequence[str], before: int) -> tuple[tuple[_Word, ...], list[tuple[int, int]]]:
    """The words of a truth and where each stands in its lines joined by spaces; a word that a line end breaks
    is one, on the line where it begins, and its second half no other."""
    tokens = [
        (match.group(), number, at + match.start())
        for number, (line, at) in enumerate(zip(lines, _starts(lines), strict=True))
        for match in re.finditer(r"\S+", line)
    ]
    words, spans, half = [], [], ""
    for (token, number, start), following in zip(tokens, [*tokens[1:], None], strict=False):
        broken = (
            following is not None
            and following[1] != number
            and len(token) > 1
            and token[-1] in HYPHENS
            and token[-2].isalpha()
            and following[0][0].isalpha()
        )
        key = "" if half else key_of(token + (following[0] if broken and following else ""))
        half = token if broken else ""
        words.append(_Word(key, before + number))
        spans.append((start, start + len(token)))
    return tuple(words), spans


def _starts(lines: Sequence[str]) -> list[int]:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return starts


def _owners(truth: str, found: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """Of each letter that was read, which word of the truth stands against it; -1 where none does."""
    word_at = [-1] * (len(truth) + 1)
    for n, (start, end) in enumerate(spans):
        word_at[start:end] = [n] * (end - start)
    owner = [-1] * len(found)
    for chunk in align(list(truth), list(found)):
        if chunk.truth_end > chunk.truth_start:
            for n in range(chunk.found_start, chunk.found_end):
                owner[n] = word_at[chunk.truth_start + n - chunk.found_start]
    return owner


def _score(
    found: Path, pages: list[_Page], keywords: list[str], way: tuple[bool, int], seed: int, draws: int
) -> SearchScore:
    with_endings, edits = way
    by_place = {page.place: page for page in pages}
    hits: list[_Hit] = []
    wanted: list[int] = []
    with opened(found) as connection:
        for keyword in keywords:
            term = Term(keyword, False, with_endings, edits_allowed(keyword, edits))
            stem = term.stem()
            places = {
                (page.place, n): word.line
                for page in pages
                for n, word in enumerate(page.words)
                if word.key == keyword or (with_endings and word.key and is_form(word.key, stem))
            }
            wanted += places.values()
            taken: set[tuple[str, int]] = set()
            for hit in answer(connection, Query((Clause((term,)),)), limit=_MOST_HITS):
                page = by_place.get(hit.page)
                if page is None:
                    continue  # a record whose truth is not there
                here = hit.number, hit.word
                right = [n for n in page.against[here] if (hit.page, n) in places]
                new = next((n for n in right if (hit.page, n) not in taken), None)
                if right and new is None:
                    continue  # the same word once more, of which another piece was taken already
                if new is not None:
                    taken.add((hit.page, new))
                line = page.line_of[here] if new is None else page.words[new].line
                hits.append(_Hit(hit.probability, new is not None, line))
    hits.sort(key=lambda each: -each.likely)
    return _curve(hits, wanted, pages, way, len(keywords), seed, draws)


def _curve(
    hits: list[_Hit],
    wanted: list[int],
    pages: list[_Page],
    way: tuple[bool, int],
    keywords: int,
    seed: int,
    draws: int,
) -> SearchScore:
    likely = np.array([hit.likely for hit in hits])
    right = np.array([hit.is_right for hit in hits], bool)
    lines = np.array([hit.line for hit in hits], np.int64)
    there = np.bincount(np.array(wanted, np.int64), minlength=sum(page.lines for page in pages))
    recalls, precisions = _rates(right, len(wanted))
    ends = np.flatnonzero(np.diff(likely, append=-1.0))  # hits as likely as each other come together

    def average_precision(drawn: I64) -> float:
        weights = drawn[lines].astype(float)
        rightly = np.where(right, weights, 0.0)
        precision = np.cumsum(rightly) / np.maximum(np.cumsum(weights), 1e-9)
        return float((precision * rightly).sum() / max(float((there * drawn).sum()), 1.0))

    good = [n for n in ends if precisions[n] >= PRECISION]
    best = max(good, key=lambda n: recalls[n], default=None)
    points = []
    for certainty in CERTAINTIES:
        count = int((likely >= certainty).sum())
        recall, precision = (
            (float(recalls[count - 1]), float(precisions[count - 1])) if count else (0.0, None)
        )
        points.append(SearchPoint(certainty, recall, precision, count))
    return SearchScore(
        *way,
        keywords,
        len(wanted),
        resampled([page.lines for page in pages], average_precision, seed=seed, draws=draws),
        float(recalls[-1]) if len(hits) else 0.0,
        0.0 if best is None else float(recalls[best]),
        None if best is None else float(likely[best]),
        tuple(points),
    )


def _rates(right: "np.typing.NDArray[np.bool_]", wanted: int) -> tuple[F64, F64]:
    """Recall and precision of the first hits, of each number of them."""
    hits = np.cumsum(right)
    return hits / max(wanted, 1), hits / np.arange(1, len(right) + 1)
