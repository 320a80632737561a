"""The words of a line corrected: a changed run of words becomes app(lem, rdg), the rest keeps its bytes."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ocr.corrections.diff import ChangedRun, changed_runs, composed
from ocr.corrections.letters import is_persons, mark_of
from ocr.corrections.markup import KIND_TAGS, MARK_TAGS, in_kind, marked, spell_token
from ocr.corrections.session import Session, machines_of
from ocr.corrections.spans import Document, Element, attribute
from ocr.corrections.tokens import (
    MARKS,
    LineTokens,
    Token,
    TokenSpan,
    common,
    line_tokens,
    machine_reading,
    zones_of,
)
from ocr.errors import RecordError
from ocr.tei.names import TEI
from ocr.tei.words import hyphenated
from ocr.text import bare_word

_HOLDS_APP = frozenset({"add", "del", "supplied", "unclear", "foreign", "hi", "fw", "sic", "corr", "abbr"})
"""The marks in which TEI lets a correction stand."""
NOT_READ = re.compile(r"<(?:\w+:)?rdg\b[^>]*?(?:/>|>.*?</(?:\w+:)?rdg\s*>)|<!--.*?-->|<[^>]*>", re.DOTALL)


def correct_line(session: Session, lb: Element, tokens: Sequence[Token]) -> None:
    """Writes the tokens of a line."""
    doc = session.doc
    row = line_tokens(doc, lb)
    new = composed(tokens, row)
    runs = changed_runs(row, new)
    if any(run.changed for run in runs):
        following = _following(doc, row)
        goes_on = following is not None and bool(new) and hyphenated(new[-1].text, following[1])
        _Writer(session, row, goes_on=goes_on).write(runs)
        is_told = following is not None and (goes_on or following[0].get("break") == "no")
        if following is not None and is_told and (not runs[-1].new or runs[-1].changed):
            # whether the last word goes on in the next line is told on the lb of that line
            session.set(following[0], "break", "no" if goes_on else "yes")


def accept_words(session: Session, ids: Sequence[str], *, accepted: bool) -> None:
    """Confirms words as the machine read them, or takes that back. RecordError when one is not there."""
    wanted = set(ids)
    for lb in session.doc.lines:
        row = line_tokens(session.doc, lb)
        chosen = {t.id for t in row.tokens} & wanted
        if not chosen:
            continue
        wanted -= chosen
        runs = []
        for i, place in enumerate(row.places):
            token = place.token  # only what says the machine's word is given back to it
            may = token.machine is None if accepted else token.machine == token.text
            changed = token.id in chosen and may
            runs.append(ChangedRun(i, i + 1, [place.token], {} if changed else {0: place}, changed=changed))
        _Writer(session, row).write(runs, confirm=accepted)
    if wanted:
        raise RecordError(f"No word of this page stands at {', '.join(sorted(wanted))}. Load the page again.")


def _following(doc: Document, row: LineTokens) -> tuple[Element, str] | None:
    """The next line of the block, when it is of the same kind, and the first word on it."""
    lb = doc.following(row.lb)
    if lb is None or lb.start > row.block.inner_end or lb.get("type") != row.lb.get("type"):
        return None
    return lb, next((t.text for t in line_tokens(doc, lb).tokens), "")


class _Writer:
    """Writes the changed runs of one line."""

    def __init__(self, session: Session, row: LineTokens, *, goes_on: bool = False) -> None:
        self._doc, self._session, self._row = session.doc, session, row
        self._p = row.lb.prefix
        self._goes_on = goes_on

    def write(self, runs: list[ChangedRun], *, confirm: bool = False) -> None:
        """All runs that change, in the order of the line."""
        runs, at = list(runs), 0
        while at < len(runs):
            if runs[at].changed:
                at = self._widen(runs, at)
            at += 1
        for run in runs:
            if run.changed:
                self._write(self._narrowed(run, confirm=confirm), confirm=confirm)

    def _narrowed(self, run: ChangedRun, *, confirm: bool) -> ChangedRun:
        """A word whose marks stay as they are is changed without them."""
        if run.last - run.first != 1 or len(run.new) != 1:
            return run
        old, new, pieces = self._row.places[run.first].token, run.new[0], self._pieces(run)
        others = old.gap or new.gap or old.parts or new.parts or "abbr" in new.marks
        if others or old.marks != new.marks or (old.reading == new.reading and not confirm):
            return run
        first, last, text = 0, len(pieces), new.text
        while last - first > 1 and _is_mark(pieces[first]) and text.startswith(pieces[first].text):
            text = text[len(pieces[first].text) :]
            first += 1
        while last - first > 1 and _is_mark(pieces[last - 1]) and text.endswith(pieces[last - 1].text):
            text = text[: -len(pieces[last - 1].text)]
            last -= 1
        if bare_word(text)[1] == "":
            return run
        return replace(run, new=[replace(new, text=text)], trim=(first, len(pieces) - last))

    def _widen(self, runs: list[ChangedRun], at: int) -> int:
        """Joins a run with its neighbours as long as it cannot be written by itself; gives its place then.

        A run never cuts an app in two, leaves marks that its new words do not have, and stands in an
        element that may hold an app.
        """
        places, row = self._row.places, self._row
        while True:
            run = runs[at]
            pieces = self._pieces(run)
            if not pieces and self._within_unit(run.first):
                runs[at - 1 : at + 1] = [runs[at - 1].joined(run)]
                at -= 1
                continue
            if not pieces:
                return at
            low, high = self._range(pieces, self._path(run))
            if not (row.lb.end <= low and high <= row.end):
                raise RecordError(
                    "These words stand inside a mark that runs over several lines. "
                    "Correct them in an XML editor."
                )
            if run.first and places[run.first - 1].pieces[-1].outer[1] > low:
                runs[at - 1 : at + 1] = [runs[at - 1].joined(run)]
                at -= 1
            elif run.last < len(places) and places[run.last].pieces[0].outer[0] < high:
                runs[at : at + 2] = [run.joined(runs[at + 1])]
            else:
                return at

    def _within_unit(self, at: int) -> bool:
        """Do the words before and behind a place belong to one correction?"""
        places = self._row.places
        return 0 < at < len(places) and places[at - 1].pieces[-1].outer[1] > places[at].pieces[0].outer[0]

    def _pieces(self, run: ChangedRun) -> list[TokenSpan]:
        pieces = [p for place in self._row.places[run.first : run.last] for p in place.pieces]
        return pieces[run.trim[0] : len(pieces) - run.trim[1]]

    def _path(self, run: ChangedRun) -> tuple[Element, ...]:
        """The elements that a run stays in."""
        path = self._shared(self._pieces(run))
        while not self._fits(path, run.new):
            path = path[:-1]
        return path

    def _fits(self, path: tuple[Element, ...], new: list[Token]) -> bool:
        """May new words stand in these elements?"""
        marks = {mark_of(e) for e in path if e.name in MARKS and e is not self._row.wrapper}
        holds = all(holder.name in _HOLDS_APP for holder in path[-1:])
        return holds and all(marks <= {*token.marks} for token in new)

    @staticmethod
    def _shared(pieces: list[TokenSpan]) -> tuple[Element, ...]:
        """The elements that all pieces stand in."""
        path = pieces[0].path if pieces else ()
        for piece in pieces:
            path = common(path, piece.path)
        return path

    @staticmethod
    def _range(pieces: list[TokenSpan], path: tuple[Element, ...]) -> tuple[int, int]:
        """From where to where the pieces stand in the innermost element of the path."""
        depth, spans = len(path), []
        for piece in pieces:
            outer = piece.path[depth] if len(piece.path) > depth else None
            spans.append(piece.outer if outer is None else (outer.start, outer.end))
        return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, 0)

    def _write(self, run: ChangedRun, *, confirm: bool) -> None:
        pieces, path = self._pieces(run), self._path(run)
        if pieces:
            low, high = self._range(pieces, path)
        elif run.new:
            low, high, path = self._gap_between(run)
        else:
            return
        machine = self._machine(low, high)
        if not confirm and self._is_machine_again(run, low, high, machine, path):
            self._session.put(low, high, machine)
            self._session.change("words corrected")
            return
        lem = self._spelt(run, path, pieces)
        app = self._app(self._spaced(run, lem, low, high), machine, low, high)
        kind = self._row.lb.get("type") or ""
        if not self._row.places and self._row.wrapper is None and kind in KIND_TAGS:
            app = in_kind(app, kind, self._p)
        self._session.put(low, high, app)

    def _spaced(self, run: ChangedRun, lem: str, low: int, high: int) -> str:
        """The new words with a space before and after, where none stands outside the correction."""
        places, (first, last) = self._row.places, run.trim
        left = run.first > 0 and not first and not self._apart(places[run.first - 1].pieces[-1].end, low)
        right = run.last < len(places) and not last
        right = right and not self._apart(high, places[run.last].pieces[0].start)
        if not lem:
            return " " if left and right else ""
        return f"{' ' * left}{lem}{' ' * right}"

    def _apart(self, start: int, end: int) -> bool:
        """Is there white space between two places, tags and what is no text left out?"""
        return any(c in " \t\r\n" for c in NOT_READ.sub("", self._doc.text[start:end]))

    def _gap_between(self, run: ChangedRun) -> tuple[int, int, tuple[Element, ...]]:
        """Where new words go between two old ones, and in what."""
        row, at = self._row, run.first
        rooms = [(unit.start, unit.end, path) for i, unit, path in row.empty if i == at]
        for whole in (
            True,
            False,
        ):  # in the marks of a neighbour; else right outside of those it must not bear
            for neighbour, side in ((at - 1, 1), (at, 0)):
                if 0 <= neighbour < len(row.places):
                    pieces = row.places[neighbour].pieces
                    path = self._shared(pieces)
                    while not whole and not self._fits(path, run.new):
                        path = path[:-1]
                    place = self._range(pieces, path)[side]
                    rooms.append((place, place, path))
        rooms.append((row.lb.end, row.lb.end, ()))
        return next(room for room in rooms if self._fits(room[2], run.new))

    def _machine(self, low: int, high: int) -> str:
        """The machine's own bytes between two places: where a correction stands, what it keeps."""
        parts, at = [], low
        for app in self._apps(low, high):
            rdg = machine_reading(app)
            if rdg is not None:
                parts += [self._doc.text[at : app.start], self._doc.inside(rdg)]
                at = app.end
        return "".join([*parts, self._doc.text[at:high]])

    def _apps(self, low: int, high: int) -> list[Element]:
        """The outermost corrections between two places."""
        apps: list[Element] = []
        for element in self._row.block.between(low, high):
            if element.name == "app" and (not apps or element.start >= apps[-1].end):
                apps.append(element)
        return apps

    def _is_machine_again(
        self, run: ChangedRun, low: int, high: int, machine: str, path: tuple[Element, ...]
    ) -> bool:
        """Do the new words say just what the machine had read?"""
        apps = self._apps(low, high)
        if not apps or not all(machine_reading(app) for app in apps):
            return False
        around = [e for e in path if e is not self._row.wrapper]
        opened = "".join(self._doc.text[e.start : e.inner] for e in around)
        closed = "".join(f"</{e.prefix}{e.name}>" for e in reversed(around))
        p, at = self._p, f'xmlns{":" * bool(self._p)}{self._p[:-1]}="{TEI}"'
        line = f"<{p}TEI {at}><{p}text><{p}ab><{p}lb/>{opened}{machine}{closed}</{p}ab></{p}text></{p}TEI>"
        doc = Document(line)
        return [t.reading for t in run.new] == [t.reading for t in line_tokens(doc, doc.lines[0]).tokens]

    def _app(self, lem: str, machine: str, low: int, high: int) -> str:
        p, by = self._p, self._session.by("words corrected")
        self._session.variants(inside=True)
        single = [a for a in self._apps(low, high) if (a.start, a.end) == (low, high)]
        rdg = machine_reading(single[0]) if single else None
        resp = self._resp(low, high)
        kept = f"<{p}rdg{resp}>{machine}</{p}rdg>" if machine else f"<{p}rdg{resp}/>"
        if rdg is not None:
            kept = self._doc.spelt(rdg)
        full = f"<{p}lem {by}>{lem}</{p}lem>" if lem else f"<{p}lem {by}/>"
        return f"<{p}app>{full}{kept}</{p}app>"

    def _resp(self, low: int, high: int) -> str:
        """Who read what a correction replaces: the reader of the line, if a reader's marks are on it."""
        who = next(iter(self._row.lb.pointers("resp")), None)
        if who is None:
            elements = self._row.block.between(low, high)
            who = next((p for e in elements for p in e.pointers("resp") if p in machines_of(self._doc)), None)
        inside = (e for e in self._row.block.between(low, high) if e.name != "app")
        theirs = low == high or any(e.get("facs") or e.get("cert") or e.get("resp") for e in inside)
        return f' resp="#{attribute(who)}"' if who and theirs else ""

    def _spelt(self, run: ChangedRun, path: tuple[Element, ...], pieces: list[TokenSpan]) -> str:
        """The new words, each in the marks that are not around all of them."""
        around = {mark_of(e) for e in path if e.name in MARKS and e is not self._row.wrapper}
        tags = self._held_tags(pieces)
        zones = self._zones(run)
        spelt = []
        for extra, group in groupby(
            range(len(run.new)),
            key=lambda i: tuple(m for m in MARKS[:-1] if m in run.new[i].marks and m not in around),
        ):
            inner = " ".join(self._token(run, i, zones[i], tags) for i in group)
            for mark in reversed(extra):
                inner = marked(inner, tags.get(mark, self._p + MARK_TAGS[mark]))
            spelt.append(inner)
        return " ".join(spelt)

    def _held_tags(self, pieces: list[TokenSpan]) -> dict[str, str]:
        """The marks as they stood around and in the old words, with the attributes they had."""
        tags: dict[str, str] = {}
        for piece in pieces:
            inside = () if piece.element is None else piece.element.walk()
            for e in (*piece.within, *(e for e in inside if is_persons(e))):
                if e.name in MARKS and e.prefix == self._p and "xml:id" not in e.attributes:
                    tags.setdefault(mark_of(e), self._doc.text[e.start + 1 : e.inner - 1])
        return tags

    def _zones(self, run: ChangedRun) -> list[list[str]]:
        """The zones each new word points to: its own; all of them when it is the only one."""
        of_words = [zones_of(place.pieces) for place in self._row.places[run.first : run.last]]
        every = [z for zones in of_words for z in zones]
        if len(run.new) == 1:
            return [every]
        by_id = {zones[0]: zones for zones in of_words if zones}
        zones: list[list[str]] = []
        for i, token in enumerate(run.new):
            kept = run.kept.get(i)
            own = zones_of(kept.pieces) if kept else by_id.get(token.id or "", [])
            if not own and len(of_words) == 1:
                own = every
            elif not own and len(of_words) == len(run.new):
                own = of_words[i]
            zones.append(own)
        return zones

    def _token(self, run: ChangedRun, i: int, zones: list[str], tags: dict[str, str]) -> str:
        place = run.kept.get(i)
        if place is not None:
            return "".join(self._doc.text[p.start : p.end] for p in place.pieces)
        ends = self._goes_on and run.last == len(self._row.places) and i == len(run.new) - 1
        begins = self._row.lb.get("break") == "no" and run.first == 0 and i == 0
        return spell_token(run.new[i], self._p, zones, goes_on=ends, went_on=begins, tags=tags)


def _is_mark(piece: TokenSpan) -> bool:
    return piece.unit is not None and piece.unit is piece.element and piece.unit.name == "pc"
