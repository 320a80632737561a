"""What may have been exchanged before anything was compared: the two sides, or two pages."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import RecordError
from ocr.evaluate.pair import Pair
from ocr.evaluate.rates import Score, compare
from ocr.formats.leaves import root_of
from ocr.tei.seal import is_corrected
from ocr.text import STRICT, graphemes

_BAD, _GOOD = 0.4, 0.6
"""A page with a CER above the first is looked at; another's truth fits much better with this share of it."""
_LEAST_WORDS = 4
"""Words of several letters that two texts must share before they are compared at all."""
_COMMON = 0.2
"""Words on more than this share of the pages tell no page apart."""


@dataclass(frozen=True, slots=True)
class BetterFit:
    """A page whose reading fits the truth of another much better."""

    name: str
    other: str
    """The page that it fits."""
    own_cer: float
    other_cer: float


def machine_truths(pages: Sequence[Pair]) -> tuple[str, ...]:
    """The pages whose truth is TEI as the machine wrote it: no person has touched it."""
    return tuple(page.name for page in pages if all(map(_is_machines, page.truth.files)))


def _is_machines(path: Path) -> bool:
    if path.suffix.lower() != ".xml":
        return False
    try:
        return root_of(path) == "TEI" and not is_corrected(path)
    except RecordError:
        return False


def better_fits(pages: Sequence[Pair], scores: Sequence[Score]) -> tuple[BetterFit, ...]:
    """The pages that fit the truth of another much better than their own, by their strict scores."""
    bad = [
        at
        for at, score in enumerate(scores)
        if score.cer is not None and score.cer > _BAD and score.letters.found
    ]
    if not bad or len(pages) < 2:
        return ()
    truths = [_telling(page.truth.text) for page in pages]
    stands = Counter(word for words in truths for word in words)
    where = defaultdict[str, list[int]](list)
    for at, words in enumerate(truths):
        for word in words:
            if stands[word] <= max(1, _COMMON * len(pages)):
                where[word].append(at)
    fits = []
    for at in bad:
        shared = Counter(other for word in _telling(pages[at].found.text) for other in where.get(word, ()))
        best, count = max(shared.items(), key=lambda item: (item[1], -item[0]), default=(at, 0))
        if best == at or count < _LEAST_WORDS:
            continue
        own = scores[at].cer or 0.0
        letters = [graphemes(STRICT.apply(text)) for text in (pages[best].truth.text, pages[at].found.text)]
        rate = compare(*letters).rate
        if rate is not None and rate < _GOOD * own:
            fits.append(BetterFit(pages[at].name, pages[best].name, own, rate))
    return tuple(fits)


def _telling(text: str) -> set[str]:
    return {word for word in STRICT.apply(text).split() if len(word) > 3}
