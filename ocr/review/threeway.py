"""Two corrections of one line brought together word by word, and two transcriptions laid side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from ocr.corrections.changes import Change, CorrectLine, edit
from ocr.corrections.spans import Document, document
from ocr.corrections.tokens import Token, line_break, line_name, line_tokens
from ocr.corrections.view import LineView
from ocr.errors import RecordError
from ocr.files import sha256_of
from ocr.review.values import Conflict, Edit
from ocr.tei.places import shared


@dataclass(frozen=True, slots=True)
class MergedRun:
    """A run of words where base, mine and theirs belong together."""

    base: tuple[Token, ...]
    mine: tuple[Token, ...]
    theirs: tuple[Token, ...]

    @property
    def conflict(self) -> bool:
        """Did both sides change it, and differently?"""
        base, mine, theirs = _said(self.base), _said(self.mine), _said(self.theirs)
        return mine not in (base, theirs) and theirs != base

    @property
    def pick(self) -> str | None:
        """Which side both want, mine or theirs; None of a conflict."""
        if self.conflict:
            return None
        mine_kept, theirs_kept = _said(self.mine) == _said(self.base), _said(self.theirs) == _said(self.base)
        return "theirs" if mine_kept and not theirs_kept else "mine"

    @property
    def merged(self) -> tuple[Token, ...]:
        """What both sides want; of a conflict, mine."""
        return self.theirs if _said(self.mine) == _said(self.base) else self.mine


@dataclass(frozen=True, slots=True)
class WordPair:
    """A run of words of one transcription and what stands there in the other."""

    ours: tuple[Token, ...]
    theirs: tuple[Token, ...]
    same: bool


def three_way(base: Sequence[Token], mine: Sequence[Token], theirs: Sequence[Token]) -> list[MergedRun]:
    """The line in runs, in order; together they hold every word of all three, each once.

    Method of diff3 (Khanna, Kunal, Pierce, A formal investigation of diff3, 2007): the words that all three
    share part the line; what lies between two of them is a run.
    """
    to_mine, to_theirs = dict(_shared(base, mine)), dict(_shared(base, theirs))
    runs: list[MergedRun] = []
    at = (0, 0, 0)
    stable = [(i, to_mine[i], to_theirs[i]) for i in sorted(to_mine.keys() & to_theirs.keys())]
    for place in (*stable, (len(base), len(mine), len(theirs))):
        between = MergedRun(
            tuple(base[at[0] : place[0]]), tuple(mine[at[1] : place[1]]), tuple(theirs[at[2] : place[2]])
        )
        runs += _word_by_word(between)
        if place[0] < len(base):
            runs.append(MergedRun((base[place[0]],), (mine[place[1]],), (theirs[place[2]],)))
        at = (place[0] + 1, place[1] + 1, place[2] + 1)
    return runs


def _word_by_word(run: MergedRun) -> list[MergedRun]:
    """A run with as many words on each side is taken for so many words, each read anew."""
    if not (run.base or run.mine or run.theirs):
        return []
    if not len(run.base) == len(run.mine) == len(run.theirs):
        return [run]
    rows = zip(run.base, run.mine, run.theirs, strict=True)
    return [MergedRun((base,), (mine,), (theirs,)) for base, mine, theirs in rows]


def side_by_side(ours: Sequence[Token], theirs: Sequence[Token]) -> list[WordPair]:
    """Two lines in pairs of runs, in order; together they hold every word of both, each once."""
    pairs: list[WordPair] = []
    for tag, a, b, c, d in _matcher(ours, theirs).get_opcodes():
        same = tag == "equal"
        if not same and b - a == d - c:  # so many words, each read anew
            rows = zip(ours[a:b], theirs[c:d], strict=True)
            pairs += [WordPair((left,), (right,), same) for left, right in rows]
        else:
            pairs.append(WordPair(tuple(ours[a:b]), tuple(theirs[c:d]), same))
    return pairs


def _shared(base: Sequence[Token], other: Sequence[Token]) -> Iterator[tuple[int, int]]:
    for block in _matcher(base, other).get_matching_blocks():
        yield from ((block.a + n, block.b + n) for n in range(block.size))


def _matcher(left: Sequence[Token], right: Sequence[Token]) -> "SequenceMatcher[tuple[object, ...]]":
    return SequenceMatcher(None, _said(left), _said(right), autojunk=False)


def _said(tokens: Sequence[Token]) -> list[tuple[object, ...]]:
    return [token.reading for token in tokens]


def pairs_of_lines(
    ours: Sequence[LineView], theirs: Sequence[LineView]
) -> list[tuple[LineView | None, LineView | None]]:
    """Lines of two transcriptions that lie at one place, in the order of ours; then those only they have.

    A place is shared when half of the smaller box is covered; the line covered most is taken.
    """
    left = dict(enumerate(theirs))
    pairs: list[tuple[LineView | None, LineView | None]] = []
    for line in ours:
        best = max(left, key=lambda at: _covered(line, left[at]), default=None)
        if best is not None and _covered(line, left[best]) < 0.5:
            best = None
        pairs.append((line, None if best is None else left.pop(best)))
    return [*pairs, *((None, line) for line in left.values())]


def _covered(line: LineView, other: LineView) -> float:
    if line.outline is None or other.outline is None:
        return 1.0 if line.outline is other.outline and line.ident == other.ident else 0.0
    return shared(line.outline.box, other.outline.box) + (0.001 if line.ident == other.ident else 0.0)


def carried_over(
    base: bytes, edits: Sequence[Edit], theirs: bytes
) -> tuple[bytes, list[Edit], list[Conflict]]:
    """A file as another program left it, with what was corrected here since the version it started from.

    `edits` are all that were made since `base`, in turn. Gives the file, the edits that lead to it from
    `theirs`, and what could not be brought together. RecordError when `theirs` is no TEI.
    """
    document(theirs)  # what is no TEI is told, not merged
    versions = [base]
    for entry in edits:
        versions.append(edit(versions[-1], entry.changes, entry.who, entry.when))
    start = _nearest(versions, theirs)
    content, made, conflicts = theirs, list[Edit](), list[Conflict]()
    for before, entry in zip(versions[start:], edits[start:], strict=False):
        for change in entry.changes:
            again, troubles = _again(content, before, change, entry)
            conflicts += troubles
            if again is None:
                continue
            try:
                new = edit(content, again, entry.who, entry.when)
            except RecordError as error:
                conflicts.append(Conflict(entry.who, entry.when, str(error), change, ()))
                continue
            if new != content:
                made.append(Edit(sha256_of(content), sha256_of(new), entry.who, entry.when, (again,)))
                content = new
    return content, made, conflicts


def tokens_of(doc: Document, line: str) -> tuple[Token, ...] | None:
    """The words of a line; None when it is not in the file."""
    try:
        return line_tokens(doc, line_break(doc, line)).tokens
    except RecordError:
        return None


def _nearest(versions: Sequence[bytes], theirs: bytes) -> int:
    """Which version another program started from: the one whose lines differ least; of equals the newest."""
    wanted = _lines(theirs)
    best, least = 0, -1
    for number, content in enumerate(versions):
        differing = len(_lines(content) ^ wanted)
        if least < 0 or differing <= least:
            best, least = number, differing
    return best


def _lines(content: bytes) -> set[tuple[str, str]]:
    """Each line with its name as it is spelt, and each change of the header."""
    doc = document(content)
    lines = {(line_name(doc, lb), doc.text[lb.start : line_tokens(doc, lb).end].strip()) for lb in doc.lines}
    return lines | {
        ("", doc.spelt(e)) for e in doc.by_id.values() if e.name in {"change", "zone", "respStmt"}
    }


def _again(
    content: bytes, before: bytes, change: Change, entry: Edit
) -> tuple[Change | None, list[Conflict]]:
    """A change as it is to be made on a file that another program has changed."""
    if not isinstance(change, CorrectLine):
        return change, []
    base, theirs = tokens_of(document(before), change.line), tokens_of(document(content), change.line)
    if base is None or theirs is None:
        return None, [Conflict(entry.who, entry.when, "The line is no longer in the file.", change, ())]
    runs = three_way(base, change.tokens, theirs)
    why = "Another program changed the same words."
    clash = any(run.conflict for run in runs)
    troubles = [Conflict(entry.who, entry.when, why, change, theirs)] if clash else []
    return replace(change, tokens=tuple(token for run in runs for token in run.merged)), troubles
