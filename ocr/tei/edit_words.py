"""The words of a line corrected: a changed run of words becomes app(lem, rdg), the rest keeps its bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby

from ocr.errors import RecordError
from ocr.tei.edit_header import Sitting, machines_of
from ocr.tei.names import TEI
from ocr.tei.spans import Cuts, Document, Element, attribute, content
from ocr.tei.tokens import (
    MARKS,
    Piece,
    Place,
    Row,
    Token,
    machine_reading,
    row_of,
    zones_of,
)
from ocr.tei.words import HYPHENS, clean, hyphenated, rows_of_marks
from ocr.text import bare_word

_HOLDS_APP = frozenset({"add", "del", "supplied", "unclear", "foreign", "hi", "fw", "sic", "corr", "abbr"})
"""The marks in which TEI lets a correction stand."""
KIND_TAGS = {"insertion": 'add place="above"', "struck": "del", "number": 'fw type="pageNum"'}
"""The element that the words of a line of such a kind stand in."""
_NO_TEXT = re.compile(r"<(?:\w+:)?rdg\b[^>]*?(?:/>|>.*?</(?:\w+:)?rdg\s*>)|<!--.*?-->|<[^>]*>", re.DOTALL)
_TAGS = {
    "del": "del",
    "add": 'add place="above"',
    "supplied": "supplied",
    "unclear": 'unclear reason="illegible"',
    "foreign": "foreign",
    "hi": 'hi rend="underline"',
}


@dataclass(eq=False, slots=True)
class _Run:
    """Words first to last (not included) of the old line, which are now `new`."""

    first: int
    last: int
    new: list[Token]
    kept: dict[int, Place]
    """Which of the new tokens (by their place in `new`) stand there already, as they are."""
    changed: bool = True
    trim: tuple[int, int] = (0, 0)
    """How many pieces at either end, marks as pc, stay as they are."""

    def joined(self, other: "_Run") -> "_Run":
        """This run and the one that follows it, as one that changes."""
        at = len(self.new)
        kept = self.kept | {i + at: place for i, place in other.kept.items()}
        return _Run(self.first, other.last, [*self.new, *other.new], kept)


def correct_line(doc: Document, cuts: Cuts, sitting: Sitting, lb: Element, tokens: Sequence[Token]) -> None:
    """Writes the tokens of a line."""
    row = row_of(doc, lb)
    new = _tidy(tokens, row)
    runs = _runs(row, new)
    if any(run.changed for run in runs):
        following = _following(doc, row)
        goes_on = following is not None and bool(new) and hyphenated(new[-1].text, following[1])
        _Writer(doc, cuts, sitting, row, goes_on=goes_on).write(runs)
        if following is not None and (not runs[-1].new or runs[-1].changed):
            _mend_break(cuts, following[0], goes_on=goes_on)


def accept_words(doc: Document, cuts: Cuts, sitting: Sitting, ids: Sequence[str], *, accepted: bool) -> None:
    """Confirms words as the machine read them, or takes that back."""
    wanted = set(ids)
    for lb in doc.lines:
        row = row_of(doc, lb)
        chosen = {t.id for t in row.tokens} & wanted
        if not chosen:
            continue
        wanted -= chosen
        runs = [
            _Run(
                i, i + 1, [place.token], {}, changed=place.token.id in chosen and _may(place.token, accepted)
            )
            for i, place in enumerate(row.places)
        ]
        for run, place in zip(runs, row.places, strict=True):
            if not run.changed:
                run.kept[0] = place
        _Writer(doc, cuts, sitting, row).write(runs, confirm=accepted)
    if wanted:
        raise RecordError(f"No word of this page stands at {', '.join(sorted(wanted))}. Load the page again.")


def _may(token: Token, accepted: bool) -> bool:
    """Only what nobody corrected is confirmed; only what says the machine's word is given back to it."""
    return token.machine is None if accepted else token.machine == token.text


def _tidy(tokens: Sequence[Token], row: Row) -> list[Token]:
    """Tokens as they can be written: composed, without what XML forbids, cut at spaces, none empty."""
    held = {t.text for t in row.tokens}
    tidy: list[Token] = []
    for token in tokens:
        marks = tuple(m for m in MARKS if m in token.marks)
        if token.gap is not None:
            tidy.append(replace(token, text="", marks=tuple(m for m in marks if m != "abbr"), expan=None))
            continue
        whole = token.text in held  # a word of the file may hold a space; so it stays
        expan = clean(token.expan) or None if token.expan and "abbr" in marks else None
        for i, part in enumerate([token.text] if whole else clean(token.text).split()):
            tidy.append(
                replace(token, text=part, marks=marks, expan=expan, id=None if i else token.id)
                if not i
                else Token(part, marks=marks)
            )
    return [t for t in tidy if t.text or t.gap is not None]


def _runs(row: Row, new: list[Token]) -> list[_Run]:
    """The whole line in runs; words that differ are cut as finely as their ids allow."""
    old = list(row.tokens)
    said_old, said_new = [t.said for t in old], [t.said for t in new]
    runs: list[_Run] = []
    for kind, a, b, c, d in SequenceMatcher(None, said_old, said_new, autojunk=False).get_opcodes():
        if kind == "equal":
            runs += [_Run(i, i + 1, [old[i]], {0: row.places[i]}, changed=False) for i in range(a, b)]
        else:
            runs += _paired(old, new, (a, b, c, d))
    return runs


def _paired(old: list[Token], new: list[Token], block: tuple[int, int, int, int]) -> list[_Run]:
    a, b, c, d = block
    if not (b - a and d - c):
        return [_Run(a, b, new[c:d], {})]
    at, pairs = a, []
    for j in range(c, d):
        i = next((i for i in range(at, b) if old[i].id is not None and old[i].id == new[j].id), None)
        if i is not None:
            pairs.append((i, j))
            at = i + 1
    if not pairs or b - a == d - c:
        pairs = [(a + k, c + k) for k in range(b - a)] if b - a == d - c else [(a, c)]
    # what stands between two pairs belongs to the word before: merged with it, or split from it
    pairs[0] = (a, c)
    ends = [*pairs[1:], (b, d)]
    return [_Run(i, x, new[j:y], {}) for (i, j), (x, y) in zip(pairs, ends, strict=True)]


def _following(doc: Document, row: Row) -> tuple[Element, str] | None:
    """The next line of the block, when it is of the same kind, and the first word on it."""
    at = doc.lines.index(row.lb) + 1
    lb = doc.lines[at] if at < len(doc.lines) else None
    if lb is None or lb.start > row.block.inner_end or lb.get("type") != row.lb.get("type"):
        return None
    return lb, next((t.text for t in row_of(doc, lb).tokens), "")


def _mend_break(cuts: Cuts, following: Element, *, goes_on: bool) -> None:
    """Whether the last word goes on in the next line is told on the lb of that line."""
    if goes_on:
        cuts.set(following, "break", "no")
    elif following.get("break") == "no":
        cuts.set(following, "break", "yes")


class _Writer:
    """Writes the changed runs of one line."""

    def __init__(
        self, doc: Document, cuts: Cuts, sitting: Sitting, row: Row, *, goes_on: bool = False
    ) -> None:
        self._doc, self._cuts, self._sitting, self._row = doc, cuts, sitting, row
        self._p = row.lb.prefix
        self._goes_on = goes_on

    def write(self, runs: list[_Run], *, confirm: bool = False) -> None:
        """All runs that change, in the order of the line."""
        runs, at = list(runs), 0
        while at < len(runs):
            if runs[at].changed:
                at = self._widen(runs, at)
            at += 1
        for run in runs:
            if run.changed:
                self._write(self._narrowed(run, confirm=confirm), confirm=confirm)

    def _narrowed(self, run: _Run, *, confirm: bool) -> _Run:
        """A word whose marks stay as they are is changed without them."""
        if run.last - run.first != 1 or len(run.new) != 1:
            return run
        old, new, pieces = self._row.places[run.first].token, run.new[0], self._pieces(run)
        if (
            old.gap
            or new.gap
            or old.marks != new.marks
            or "abbr" in new.marks
            or (old.said == new.said and not confirm)
        ):
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

    def _widen(self, runs: list[_Run], at: int) -> int:
        """Joins a run with its neighbours as long as it cannot be written by itself; gives its place then.

        A run never cuts an app in two, leaves marks that its new words do not have, and stands in an
        element that may hold an app.
        """
        places, row = self._row.places, self._row
        while True:
            run = runs[at]
            pieces = self._pieces(run)
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

    def _pieces(self, run: _Run) -> list[Piece]:
        pieces = [p for place in self._row.places[run.first : run.last] for p in place.pieces]
        return pieces[run.trim[0] : len(pieces) - run.trim[1]]

    def _path(self, run: _Run) -> tuple[Element, ...]:
        """The elements that a run stays in."""
        path = self._shared(self._pieces(run))
        while path and not (self._allowed(path[-1]) and self._marked(path, run.new)):
            path = path[:-1]
        return path

    def _fits(self, place: Place, new: list[Token]) -> bool:
        path = self._shared(place.pieces)
        return all(map(self._allowed, path[-1:])) and self._marked(path, new)

    @staticmethod
    def _shared(pieces: list[Piece]) -> tuple[Element, ...]:
        """The elements that all pieces stand in."""
        path = pieces[0].path if pieces else ()
        for piece in pieces:
            same = sum(1 for _ in _while_same(path, piece.path))
            path = path[:same]
        return path

    def _allowed(self, holder: Element) -> bool:
        return holder.name in _HOLDS_APP

    def _marked(self, path: tuple[Element, ...], new: list[Token]) -> bool:
        held = {e.name for e in path if e.name in MARKS and e is not self._row.wrapper}
        return all(held <= {*token.marks} for token in new)

    @staticmethod
    def _range(pieces: list[Piece], path: tuple[Element, ...]) -> tuple[int, int]:
        """From where to where the pieces stand in the innermost element of the path."""
        depth, spans = len(path), []
        for piece in pieces:
            outer = piece.path[depth] if len(piece.path) > depth else None
            spans.append(piece.outer if outer is None else (outer.start, outer.end))
        return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, 0)

    def _write(self, run: _Run, *, confirm: bool) -> None:
        pieces, path = self._pieces(run), self._path(run)
        if pieces:
            low, high = self._range(pieces, path)
        elif run.new:
            low, high, path = self._gap_between(run)
        else:
            return
        machine = self._machine(low, high)
        if not confirm and self._is_machine_again(run, low, high, machine, path):
            self._cuts.put(low, high, machine)
            self._sitting.change("words corrected")
            return
        lem = self._spelt(run, path, pieces)
        app = self._app(self._spaced(run, lem, low, high), machine, low, high)
        kind = self._row.lb.get("type") or ""
        if not self._row.places and self._row.wrapper is None and kind in KIND_TAGS:
            app = in_kind(app, kind, self._p)
        self._cuts.put(low, high, app)

    def _spaced(self, run: _Run, lem: str, low: int, high: int) -> str:
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
        return any(c in " \t\r\n" for c in _NO_TEXT.sub("", self._doc.text[start:end]))

    def _gap_between(self, run: _Run) -> tuple[int, int, tuple[Element, ...]]:
        """Where new words go between two old ones, and in what."""
        row, at = self._row, run.first
        empty = [(unit, held) for i, unit, held in row.empty if i == at and self._fits_empty(held, run.new)]
        if empty:
            unit, held = empty[0]
            return unit.start, unit.end, held
        if at and self._fits(row.places[at - 1], run.new):
            held = self._shared(row.places[at - 1].pieces)
            place = self._range(row.places[at - 1].pieces, held)[1]
            return place, place, held
        if at < len(row.places) and self._fits(row.places[at], run.new):
            held = self._shared(row.places[at].pieces)
            place = self._range(row.places[at].pieces, held)[0]
            return place, place, held
        return row.lb.end, row.lb.end, ()

    def _fits_empty(self, path: tuple[Element, ...], new: list[Token]) -> bool:
        return all(map(self._allowed, path[-1:])) and self._marked(path, new)

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
        found: list[Element] = []
        for element in self._row.block.between(low, high):
            if element.name == "app" and (not found or element.start >= found[-1].end):
                found.append(element)
        return found

    def _is_machine_again(
        self, run: _Run, low: int, high: int, machine: str, path: tuple[Element, ...]
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
        return [t.said for t in run.new] == [t.said for t in row_of(doc, doc.lines[0]).tokens]

    def _app(self, lem: str, machine: str, low: int, high: int) -> str:
        p, change = self._p, self._sitting.change("words corrected")
        single = [a for a in self._apps(low, high) if (a.start, a.end) == (low, high)]
        rdg = machine_reading(single[0]) if single else None
        kept = f"<{p}rdg{self._resp(low, high)}>{machine}</{p}rdg>"
        if not machine:
            kept = f"<{p}rdg{self._resp(low, high)}/>"
        if rdg is not None:
            kept = self._doc.spelt(rdg)
        by = f'resp="#{attribute(self._sitting.person())}" change="#{attribute(change)}"'
        full = f"<{p}lem {by}>{lem}</{p}lem>" if lem else f"<{p}lem {by}/>"
        return f"<{p}app>{full}{kept}</{p}app>"

    def _resp(self, low: int, high: int) -> str:
        """Who read what a correction replaces: the reader of the line, if a reader's marks are on it."""
        who = next(iter(self._row.lb.pointers("resp")), None)
        if who is None:
            held = self._row.block.between(low, high)
            who = next((p for e in held for p in e.pointers("resp") if p in machines_of(self._doc)), None)
        inside = (e for e in self._row.block.between(low, high) if e.name != "app")
        theirs = low == high or any(e.get("facs") or e.get("cert") or e.get("resp") for e in inside)
        return f' resp="#{attribute(who)}"' if who and theirs else ""

    def _spelt(self, run: _Run, path: tuple[Element, ...], pieces: list[Piece]) -> str:
        """The new words, each in the marks that are not around all of them."""
        around = {e.name for e in path if e.name in MARKS and e is not self._row.wrapper}
        tags = self._held_tags(pieces)
        zones = self._zones(run)
        spelt = []
        for extra, group in groupby(
            range(len(run.new)),
            key=lambda i: tuple(m for m in MARKS[:-1] if m in run.new[i].marks and m not in around),
        ):
            inner = " ".join(self._token(run, i, zones[i]) for i in group)
            for mark in reversed(extra):
                inner = f"<{tags.get(mark, self._p + _TAGS[mark])}>{inner}</{self._p}{mark}>"
            spelt.append(inner)
        return " ".join(spelt)

    def _held_tags(self, pieces: list[Piece]) -> dict[str, str]:
        """The marks as they stood around the old words, with the attributes they had."""
        found: dict[str, str] = {}
        for piece in pieces:
            for e in piece.within:
                if e.name in MARKS and e.prefix == self._p and "xml:id" not in e.attributes:
                    found.setdefault(e.name, self._doc.text[e.start + 1 : e.inner - 1])
        return found

    def _zones(self, run: _Run) -> list[list[str]]:
        """The zones each new word points to: its own; all of them when it is the only one."""
        held = [zones_of(place.pieces) for place in self._row.places[run.first : run.last]]
        every = [z for zones in held for z in zones]
        if len(run.new) == 1:
            return [every]
        by_id = {zones[0]: zones for zones in held if zones}
        found: list[list[str]] = []
        for i, token in enumerate(run.new):
            kept = run.kept.get(i)
            own = zones_of(kept.pieces) if kept else by_id.get(token.id or "", [])
            if not own and len(held) == 1:
                own = every
            elif not own and len(held) == len(run.new):
                own = held[i]
            found.append(own)
        return found

    def _token(self, run: _Run, i: int, zones: list[str]) -> str:
        place = run.kept.get(i)
        if place is not None:
            return "".join(self._doc.text[p.start : p.end] for p in place.pieces)
        ends = self._goes_on and run.last == len(self._row.places) and i == len(run.new) - 1
        begins = self._row.lb.get("break") == "no" and run.first == 0 and i == 0
        return spell_token(run.new[i], self._p, zones, goes_on=ends, went_on=begins)


def in_kind(words: str, kind: str, p: str) -> str:
    """Words in the element that a line of that kind stands in."""
    tag = KIND_TAGS.get(kind)
    return words if tag is None else f"<{p}{tag}>{words}</{p}{tag.split()[0]}>"


def spell_token(
    token: Token, p: str, zones: Sequence[str], *, goes_on: bool = False, went_on: bool = False
) -> str:
    """A person's word as TEI: pc for the marks around it, w for the word, choice for an abbreviation."""
    facs = f' facs="{" ".join("#" + attribute(z) for z in zones)}"' if zones else ""
    if token.gap is not None:
        count = token.gap.extent
        size = "" if count is None else f' unit="chars" quantity="{count}"'
        reason = "_".join(token.gap.reason.split()) or "illegible"
        return f'<{p}gap reason="{attribute(reason)}"{size}{facs}/>'
    text = token.text
    weak = ""
    if goes_on and len(text) > 1 and text[-1] in HYPHENS:
        text, weak = text[:-1], f'<{p}pc force="weak">{content(text[-1])}</{p}pc>'
    before, core, after = bare_word(text)
    if not core:
        core, before = before, ""
    is_word = bare_word(core)[1] != ""
    inner = content(core)
    if "abbr" in token.marks:
        if after.startswith("."):  # the point belongs to the abbreviation
            core, after = core + ".", after[1:]
        inner = f"<{p}abbr>{content(core)}</{p}abbr>"
        if token.expan:
            inner = f"<{p}choice>{inner}<{p}expan>{content(token.expan)}</{p}expan></{p}choice>"
    part = ""
    if weak or went_on:
        part = f' part="{"M" if weak and went_on else "I" if weak else "F"}"'
    name = "w" if is_word else "pc"
    held = f'{facs} cert="high"{part}'
    main = f"<{p}{name}{held}>{inner}{weak}</{p}{name}>"
    return "".join([*_marks(before, p), main, *_marks(after, p)])


def _is_mark(piece: Piece) -> bool:
    return piece.unit is not None and piece.unit is piece.element and piece.unit.name == "pc"


def _marks(text: str, p: str) -> list[str]:
    return [f"<{p}pc>{content(mark)}</{p}pc>" for mark in rows_of_marks(text)]


def _while_same(one: tuple[Element, ...], other: tuple[Element, ...]) -> list[Element]:
    same = []
    for a, b in zip(one, other, strict=False):
        if a is not b:
            break
        same.append(a)
    return same
