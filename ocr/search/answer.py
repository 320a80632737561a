"""Answers of the index: lines that may hold what is asked, looked at word by word, the likeliest first."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from ocr.search.folding import ENDINGS, edits_allowed, exchanged
from ocr.search.forms import near_forms
from ocr.search.packing import first_spot, last_spot, line_of, unpacked
from ocr.search.query import Clause, Query, Term, likelihood
from ocr.search.record import Item, SearchLine, items_of
from ocr.search.rows import AHEAD, BANDS, LEAST, WORDS_AHEAD, pair_key
from ocr.search.usual import USUAL

_ROWS = 200
"""So many lines that have all of several words are looked at."""
_AT_ONCE = 50
"""After so many lines it is looked whether there are hits enough."""
_FOR_A_HIT = 3
"""Of a single word, so many lines of a column for each hit that is wanted."""


_ENDS = 2000
"""Lines that may hold the beginning, or the end, of what runs on into the next line."""


class Hit(NamedTuple):
    """A place that holds what is asked, as likely as it says."""

    page: str
    """The record, below the folder, with slashes."""
    title: str
    line: str
    """The id of the line."""
    number: int
    """Which line of the page it is, from 1."""
    word: int
    """Which word of the line the hit begins at, from 1."""
    text: str
    """The line as it was read."""
    match: str
    """The words of the hit as they were read; those of the next line behind a slash."""
    probability: float
    """That the hit is right, 0..1; of several words the product of theirs."""
    spots: tuple[tuple[int, int], ...]
    """Of each of its words: how many lines below `number`, and which word of that line it is, from 0."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A term with what it is looked up by."""

    term: Term
    stem: str
    forms: frozenset[str]
    """Of a word what stands anywhere of its forms, and itself."""
    near: dict[str, int]

    def keys(self, *, is_near: bool) -> frozenset[str]:
        """Of a word its forms, and when asked the spellings near it."""
        return self.forms | self.near.keys() if is_near else self.forms

    def expression(self, *, is_near: bool) -> str:
        """What FTS5 is asked for it; keys are letters and digits, quoted."""
        if self.term.is_prefix:
            return f'"{exchanged(self.term.key)}" *'
        return _any_of(self.keys(is_near=is_near))


def _any_of(keys: Iterable[str]) -> str:
    return " OR ".join(f'"{exchanged(key)}"' for key in keys)


def _together(terms: Sequence[_Asked], *, is_near: bool) -> str:
    """What FTS5 is asked for lines where terms follow each other, also over its end."""
    if len(terms) == 1:
        return f"({terms[0].expression(is_near=is_near)})"
    return " AND ".join(_in_turn(*two, is_near=is_near) for two in pairwise(terms))


def _all_of(clauses: Iterable[Sequence[_Asked]], *, is_near: bool) -> str:
    return " AND ".join(_together(terms, is_near=is_near) for terms in clauses)


def _in_turn(first: _Asked, second: _Asked, *, is_near: bool) -> str:
    """The same of two terms. Two usual words are asked as a pair; of any others one at least is rare."""
    both = [f"({each.expression(is_near=is_near)})" for each in (first, second)]
    if first.term.is_prefix or second.term.is_prefix:
        return f"({' AND '.join(both)})"
    (usual, rare), (others, rare_others) = (
        (keys & USUAL, keys - USUAL) for keys in (each.keys(is_near=is_near) for each in (first, second))
    )
    if not usual or not others:
        return f"({' AND '.join(both)})"
    ways = [_any_of(pair_key(a, b) for a in usual for b in others)]
    if rare:
        ways.append(f"(({_any_of(rare)}) AND {both[1]})")
    if rare_others:
        ways.append(f"(({_any_of(usual)}) AND ({_any_of(rare_others)}))")
    return f"({' OR '.join(ways)})"


@dataclass
class _Page:
    """A page while it is looked at."""

    ident: int
    place: str
    title: str
    first: int
    rows: list[str]
    lines: dict[int, SearchLine] = field(default_factory=dict)

    def line(self, at: int) -> SearchLine:
        """The n-th line, from 0."""
        if at not in self.lines:
            self.lines[at] = line_of(self.rows[at])
        return self.lines[at]

    def items(self, at: int) -> list[Item]:
        """The words of the n-th line."""
        before = last_spot(self.rows[at - 1]) if at else None
        following = first_spot(self.rows[at + 1]) if at + 1 < len(self.rows) else None
        return items_of(before, self.line(at), following)


class _Match(NamedTuple):
    """Where a clause stands among the words from a line on."""

    start: int
    end: int
    likely: float


class _Word(NamedTuple):
    """A word from a line on: in that line (0) or the next (1)."""

    line: int
    item: Item


class _Candidate(NamedTuple):
    """A hit before its places are looked up."""

    likely: float
    page: _Page
    at: int
    """Which line of the page, from 0."""
    words: list[_Word]


def answer(connection: sqlite3.Connection, query: Query, *, limit: int = 50, least: float = 0.0) -> list[Hit]:
    """The likeliest hits, `limit` at most, none less likely than `least`.

    Lines are looked up by their likeliest words first; of a word that stands on very many lines not all are
    looked at, so that among hits as good as certain it is the order of the pages that counts.
    """
    connection.execute("BEGIN")  # a renewal meanwhile changes nothing of what is looked up
    try:
        return _Answer(connection, query, limit, least).hits()
    finally:
        if connection.in_transaction:  # not after some failures
            connection.execute("COMMIT")


class _Answer:
    def __init__(self, connection: sqlite3.Connection, query: Query, limit: int, least: float) -> None:
        self._connection, self._query, self._limit, self._least = connection, query, limit, max(least, 1e-4)
        self._last: _Page | None = None
        self._asked = {term: self._ask(term) for clause in query.clauses for term in clause.terms}
        self._hits: dict[tuple[int, int, int], _Candidate] = {}
        self._looked: set[int] = set()

    def _ask(self, term: Term) -> _Asked:
        stem = term.stem()
        near: dict[str, int] = {}
        for key in (term.key, stem):  # a slip in a form is no farther from the stem
            for form in near_forms(self._connection, key, edits_allowed(key, term.edits)):
                near[form.key] = min(form.edits, near.get(form.key, form.edits))
        forms = {stem, *(stem + ending for ending in ENDINGS)} if term.with_endings else set()
        return _Asked(
            term,
            stem,
            frozenset({term.key, *filter(self._stands, forms)}),
            {key: n for key, n in near.items() if not term.holds(key, stem)},
        )

    def _stands(self, key: str) -> bool:
        """Does a key stand anywhere? Asked once, it is not looked for in each part of what FTS5 is asked."""
        rows = self._connection.execute("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", (_any_of([key]),))
        return rows.fetchone() is not None

    def hits(self) -> list[Hit]:
        is_word = len(self._query.clauses) == 1 and len(self._query.clauses[0].terms) == 1
        for rowids, most in self._candidates_of_word() if is_word else self._candidates():
            for n, rowid in enumerate(rowids):
                self._look(rowid)
                if n % _AT_ONCE == _AT_ONCE - 1 and self._is_enough(most):
                    break
            if self._is_enough(most):
                break
        ranked = sorted(self._hits.items(), key=lambda hit: (-hit[1].likely, hit[0]))
        return [self._hit(candidate) for _, candidate in ranked[: self._limit]]

    def _is_enough(self, most: float) -> bool:
        return sum(candidate.likely >= most for candidate in self._hits.values()) >= self._limit

    def _candidates_of_word(self) -> Iterator[tuple[list[int], float]]:
        """Lines of each column with the word, and what no line that comes later is likelier than."""
        (asked,) = self._asked.values()
        rows = _FOR_A_HIT * self._limit
        for band, least in zip(BANDS, LEAST, strict=True):
            yield self._rows(f"{{{band}}} : ({asked.expression(is_near=False)})", rows), least
        if asked.near:
            near = _any_of(asked.near)
            for band in reversed(BANDS[1:-1]):
                yield self._rows(f"{{{band}}} : ({near})", rows), 0.0

    def _candidates(self) -> Iterator[tuple[list[int], float]]:
        """Lines with all the words, of many those in likely columns first; then those that run on."""
        clauses = [[self._asked[term] for term in clause.terms] for clause in self._query.clauses]
        rows = self._rows(_all_of(clauses, is_near=True), 2 * _ROWS)
        if len(rows) > _ROWS:
            likely = " ".join((*BANDS[:2], AHEAD))
            yield self._rows(f"{{{likely}}} : ({_all_of(clauses, is_near=False)})"), LEAST[1]
        yield [rowid for rowid in rows if rowid not in self._looked][:_ROWS], LEAST[2]
        yield sorted(self._running_on(clauses) - self._looked)[:_ROWS], 0.0

    def _running_on(self, clauses: Sequence[Sequence[_Asked]]) -> set[int]:
        """Lines that may hold the beginning of what ends on the next. The first words of that are in the row
        of the line: only a longer phrase is looked up on two lines, each by several words."""
        terms = [term for clause in clauses for term in clause]
        if any(clause.near is not None for clause in self._query.clauses):
            each_of = [f"({term.expression(is_near=True)})" for term in terms]
            cuts = [
                (" AND ".join(each_of[:cut]), " AND ".join(each_of[cut:])) for cut in range(1, len(terms))
            ]
        else:
            whole = [_together(some, is_near=True) for some in clauses]
            cuts = [
                (
                    " AND ".join(
                        (*whole[:n], _together(some[: cut + WORDS_AHEAD], is_near=True), *whole[n + 1 :])
                    ),
                    _together(some[cut:], is_near=True),
                )
                for n, some in enumerate(clauses)
                for cut in range(1, len(some) - WORDS_AHEAD)
            ]
        running_on: set[int] = set()
        for here, there in cuts:
            rows, others = (set(self._rows(some, _ENDS)) for some in (here, there))
            running_on |= rows & {rowid - 1 for rowid in others}
            if len(clauses) > 1:  # in whichever order
                running_on |= others & {rowid - 1 for rowid in rows}
        return running_on

    def _rows(self, expression: str, most: int = _ROWS) -> list[int]:
        rows = self._connection.execute(
            "SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", (expression, most)
        )
        return [rowid for (rowid,) in rows]

    def _look(self, rowid: int) -> None:
        if rowid in self._looked:
            return
        self._looked.add(rowid)
        page = self._page(rowid)
        at = rowid - page.first
        own = page.items(at)
        words = [_Word(0, item) for item in own]
        if at + 1 < len(page.rows) and self._may_run_on(own):
            words += [_Word(1, item) for item in page.items(at + 1)]
        first, *others = self._query.clauses
        for match in self._matches(first, words):
            if match.start >= len(own) and not others:
                continue
            likely, matched = match.likely, [match]
            for clause in others:
                best = self._best(clause, words, matched[-1])
                if best is None:
                    break
                likely, matched = likely * best.likely, [*matched, best]
            else:
                chosen = sorted({n for each in matched for n in range(each.start, each.end)})
                if likely >= self._least and chosen[0] < len(own):
                    self._keep(rowid, _Candidate(likely, page, at, [words[n] for n in chosen]))

    def _may_run_on(self, own: Sequence[Item]) -> bool:
        """May what is asked begin on a line of these words and end on the next? Else that is not read."""
        if len(self._query.clauses) > 1:
            return True
        (clause,) = self._query.clauses
        for ahead in range(1, min(len(clause.terms), len(own) + 1)):
            asked = [self._asked[term] for term in clause.terms[:ahead]]
            if all(
                likelihood(item, each.term, each.stem, each.near) >= self._least
                for item, each in zip(own[-ahead:], asked, strict=True)
            ):
                return True
        return False

    def _keep(self, rowid: int, candidate: _Candidate) -> None:
        first, last = candidate.words[0], candidate.words[-1]
        key = (rowid, first.item.start, last.line * 10_000 + last.item.start)
        if key not in self._hits or candidate.likely > self._hits[key].likely:
            self._hits[key] = candidate

    def _matches(self, clause: Clause, words: Sequence[_Word]) -> list[_Match]:
        matches = []
        terms = [self._asked[term] for term in clause.terms]
        for start in range(len(words) - len(terms) + 1):
            likely = 1.0
            for n, asked in enumerate(terms, start):
                likely *= likelihood(words[n].item, asked.term, asked.stem, asked.near)
                if likely < self._least:
                    break
            else:
                matches.append(_Match(start, start + len(terms), likely))
        return matches

    def _best(self, clause: Clause, words: Sequence[_Word], other: _Match) -> _Match | None:
        """The likeliest place of a clause beside another's: near it if it asks for that, else on its line."""

        def between(match: _Match) -> int:
            return max(match.start - other.end, other.start - match.end)

        def fits(match: _Match) -> bool:
            if clause.near is None:
                return words[match.start].line == words[other.start].line
            return between(match) <= clause.near

        apart = [m for m in self._matches(clause, words) if between(m) >= 0 and fits(m)]
        return max(apart, key=lambda match: (match.likely, -between(match)), default=None)

    def _page(self, rowid: int) -> _Page:
        last = self._last
        if last is not None and last.first <= rowid < last.first + len(last.rows):
            return last
        row = self._connection.execute(
            "SELECT pages.id, place, title, first, words FROM pages JOIN texts ON texts.id = pages.id "
            "WHERE first <= ? AND lines > 0 ORDER BY first DESC LIMIT 1",
            (rowid,),
        ).fetchone()
        ident, place, title, first, packed = row
        self._last = _Page(ident, place, title, first, unpacked(packed))
        return self._last

    def _hit(self, candidate: _Candidate) -> Hit:
        page, at = candidate.page, candidate.at
        line = page.line(at)
        spots: list[tuple[int, int]] = []
        for number, item in candidate.words:
            spots.append((number, item.start))
            if item.is_broken:
                spots.append((number + 1, 0))
        own = [line.spots[n].text for number, n in spots if number == 0]
        ahead = [page.line(at + 1).spots[n].text for number, n in spots if number == 1]
        return Hit(
            page.place,
            page.title,
            line.ident,
            at + 1,
            spots[0][1] + 1,
            " ".join(spot.text for spot in line.spots),
            " / ".join(" ".join(words) for words in (own, ahead) if words),
            round(candidate.likely, 4),
            tuple(spots),
        )
