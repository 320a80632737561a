"""Which words of a line are which after a correction: runs of words that changed, as fine as can be told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from ocr.corrections.letters import Part, folded
from ocr.corrections.tokens import MARKS, LineTokens, PlacedToken, Token
from ocr.tei.words import clean


@dataclass(eq=False, slots=True)
class ChangedRun:
    """Words first to last (not included) of the old line, which are now `new`."""

    first: int
    last: int
    new: list[Token]
    kept: dict[int, PlacedToken]
    """Which of the new tokens (by their place in `new`) stand there already, as they are."""
    changed: bool = True
    trim: tuple[int, int] = (0, 0)
    """How many pieces at either end, marks as pc, stay as they are."""

    def joined(self, other: "ChangedRun") -> "ChangedRun":
        """This run and the one that follows it, as one that changes."""
        at = len(self.new)
        kept = self.kept | {i + at: place for i, place in other.kept.items()}
        return ChangedRun(self.first, other.last, [*self.new, *other.new], kept)


def composed(tokens: Sequence[Token], row: LineTokens) -> list[Token]:
    """Tokens as they can be written: composed, without what XML forbids, cut at spaces, none empty."""
    in_file = {t.text for t in row.tokens}
    tidy: list[Token] = []
    for token in tokens:
        marks = tuple(m for m in MARKS if m in token.marks)
        if token.gap is not None:
            marks = tuple(m for m in marks if m != "abbr")
            tidy.append(replace(token, text="", marks=marks, expan=None, parts=()))
            continue
        whole = token.text in in_file  # a word of the file may hold a space; so it stays
        parts = [] if "abbr" in marks else [Part(clean(part.text), part.marks) for part in token.parts]
        if parts and "".join(part.text for part in parts) in {token.text, clean(token.text)}:
            letters, marks = folded(parts, marks)
            marks = tuple(m for m in MARKS if m in marks)
        else:
            letters = ()
        expan = clean(token.expan) or None if token.expan and "abbr" in marks else None
        cut = [token.text] if whole else clean(token.text).split()
        for i, part in enumerate(cut):
            tidy.append(
                replace(token, text=part, marks=marks, expan=expan, parts=letters if len(cut) == 1 else ())
                if not i
                else Token(part, marks=marks)
            )
    return [t for t in tidy if t.text or t.gap is not None]


def changed_runs(row: LineTokens, new: list[Token]) -> list[ChangedRun]:
    """The whole line in runs; words that differ are cut as finely as their ids allow."""
    old = list(row.tokens)
    runs: list[ChangedRun] = []
    for kind, a, b, c, d in _matched(old, new):
        if kind == "equal":
            runs += [ChangedRun(i, i + 1, [old[i]], {0: row.places[i]}, changed=False) for i in range(a, b)]
        else:
            runs += _paired(old, new, (a, b, c, d))
    return runs


def _matched(old: list[Token], new: list[Token]) -> Iterator[tuple[str, int, int, int, int]]:
    """What stays and what differs, as SequenceMatcher tells it: words that stay at their zones first, so that
    of two equal neighbours each is itself; between them words that say the same."""
    of_zones = SequenceMatcher(
        None, [(t.id, *t.reading) for t in old], [(t.id, *t.reading) for t in new], False
    )
    for kind, a, b, c, d in of_zones.get_opcodes():
        if kind == "equal":
            yield kind, a, b, c, d
            continue
        readings = [t.reading for t in old[a:b]], [t.reading for t in new[c:d]]
        for inner, i, j, k, m in SequenceMatcher(None, *readings, autojunk=False).get_opcodes():
            yield inner, a + i, a + j, c + k, c + m


def _paired(old: list[Token], new: list[Token], block: tuple[int, int, int, int]) -> list[ChangedRun]:
    a, b, c, d = block
    if not (b - a and d - c):
        return [ChangedRun(a, b, new[c:d], {})]
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
    return [ChangedRun(i, x, new[j:y], {}) for (i, j), (x, y) in zip(pairs, ends, strict=True)]
