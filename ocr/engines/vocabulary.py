"""Which words there are and which follow each other: a small word model for readings of whole words.

A character model knows how words are spelt, not which exist. Here each word form has a probability, and
each usual pair of forms the probability of the second after the first, smoothed by a constant share
(Jelinek and Mercer, 1980). Forms are kept as 32-bit hashes: one unknown form in some three thousand is
taken for a known one, which costs nothing that a reader would notice. Old spelling is folded into new by
rule, so that both share one table. `ocr.train.vocabulary` builds the file.
"""

import hashlib
import io
import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import regex

from ocr.arrays import arrays_of
from ocr.errors import DependencyError, EngineError, SettingsError
from ocr.models import FOLDER, weights_of, write_weights

SHIPPED = FOLDER / "vocabulary.npz"
START = "<s>"
"""What stands before the first word of a sentence."""
NUMBER = "<n>"
"""Any number."""
UNKNOWN = -20.0
"""Natural logarithm of the probability of a form that is not known."""
OWN_WORD = -9.0
"""The same of a form that a project names as its own: as usual as a word of every day."""
PAIR_SHARE = 0.5
"""So much of a pair's probability is the pair's own, the rest the form's."""
STEP = 1 / 16
"""Probabilities are kept in steps of so much of a natural logarithm."""

_TOKEN = regex.compile(r"[\p{Cyrillic}'’]+|\d+")
_LETTERS = str.maketrans("ѣіѳѵё’'", "еифиеъъ")
_ENDINGS = (("аго", "ого"), ("яго", "его"), ("ыя", "ые"), ("кия", "кие"))
_PREFIXES = (("безс", "бесс"), ("возс", "восс"), ("изс", "исс"), ("разс", "расс"))

Hashes = npt.NDArray[np.uint32]
Costs = npt.NDArray[np.uint8]


@lru_cache(1 << 16)
def folded(word: str) -> str:
    """A form as the table knows it: small letters, new spelling, without the final hard sign."""
    word = word.lower().translate(_LETTERS).removesuffix("ъ")
    for old, new in _PREFIXES:
        if word.startswith(old):
            word = new + word[len(old) :]
    for old, new in _ENDINGS:
        if word.endswith(old):
            return word[: -len(old)] + new
    return word


def forms(text: str) -> list[str]:
    """The forms in a text, folded; any number is NUMBER; punctuation and foreign letters are left out."""
    return [NUMBER if part[0].isdigit() else folded(part) for part in _TOKEN.findall(text)]


def key(form: str, before: str | None = None) -> int:
    """The hash of a form, or of a pair of forms."""
    return zlib.crc32((form if before is None else f"{before} {form}").encode())


@dataclass(frozen=True)
class Vocabulary:
    """Forms and pairs: sorted hashes, and beside each -ln p in steps of STEP."""

    words: Hashes
    word_costs: Costs
    pairs: Hashes
    pair_costs: Costs
    own: frozenset[str] = frozenset()
    """Forms that a project names as its own."""
    digest: str = ""
    _known: dict[tuple[str, str], float] = field(default_factory=dict)
    _alone: dict[str, float] = field(default_factory=dict)

    def log_probability(self, form: str, before: str) -> float:
        """Natural logarithm of the probability of a form after another (or after START)."""
        known = self._known.get((before, form))
        if known is None:
            if len(self._known) > 1 << 18:
                self._known.clear()
            known = self._known[before, form] = self._looked_up(form, before)
        return known

    def _looked_up(self, form: str, before: str) -> float:
        share = self._alone.get(form)
        if share is None:
            if len(self._alone) > 1 << 18:
                self._alone.clear()
            alone = _at(self.words, self.word_costs, key(form))
            share = self._alone[form] = 0.0 if alone is None else math.exp(alone)
        # a pair stands in the table only where its form does
        together = _at(self.pairs, self.pair_costs, key(form, before)) if share else None
        if together is not None:
            share = (1 - PAIR_SHARE) * share + PAIR_SHARE * math.exp(together)
        if form in self.own:
            share = max(share, math.exp(OWN_WORD))
        return math.log(share) if share else UNKNOWN

    def with_own(self, path: Path) -> "Vocabulary":
        """The same with the words of a text file as a project's own. SettingsError when it cannot be read."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"The vocabulary {path} is no text in UTF-8 that can be read.") from error
        words = frozenset(forms(text))
        digest = hashlib.sha256("\n".join((self.digest, *sorted(words))).encode()).hexdigest()[:16]
        return Vocabulary(self.words, self.word_costs, self.pairs, self.pair_costs, self.own | words, digest)

    def save(self, path: Path) -> None:
        """Writes the file (npz, compressed; hashes as differences, which pack better)."""
        packed = io.BytesIO()
        np.savez_compressed(
            packed,
            words=np.diff(self.words, prepend=np.uint32(0)),
            word_costs=self.word_costs,
            pairs=np.diff(self.pairs, prepend=np.uint32(0)),
            pair_costs=self.pair_costs,
        )
        write_weights(path, packed.getvalue())


def from_shares(words: Iterable[tuple[str, float]], pairs: Iterable[tuple[str, str, float]]) -> Vocabulary:
    """A vocabulary from probabilities of forms, and of forms (second) after others (first)."""
    single = {key(form): share for form, share in words}
    double = {key(form, before): share for before, form, share in pairs}
    return Vocabulary(*_table(single), *_table(double))


def load_vocabulary(path: Path = SHIPPED) -> Vocabulary:
    """The vocabulary of a file. DependencyError: there is none; EngineError: it is not one of ours, or not
    the one that a card beside it tells the hash of."""
    if not path.is_file():
        raise DependencyError(f"There is no vocabulary {path}; reinstall the package.")
    try:
        raw, digest = weights_of(path)
        parts = arrays_of(raw)
        words, pairs = (np.cumsum(parts[name], dtype=np.uint32) for name in ("words", "pairs"))
        costs, pair_costs = _costs(parts["word_costs"], words), _costs(parts["pair_costs"], pairs)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{path.name} is damaged or no vocabulary of ours; fetch it again.") from error
    return Vocabulary(words, costs, pairs, pair_costs, digest=digest[:16])


def _costs(stored: npt.NDArray[Any], forms: Hashes) -> Costs:
    """A cost for each form; ValueError when they are not."""
    if stored.shape != forms.shape or stored.dtype != np.uint8:
        raise ValueError("not a cost for each form")
    return stored


def _table(shares: dict[int, float]) -> tuple[Hashes, Costs]:
    hashes = np.array(sorted(shares), np.uint32)
    costs = [min(round(-math.log(shares[int(form)]) / STEP), 255) for form in hashes]
    return hashes, np.array(costs, np.uint8)


def _at(hashes: Hashes, costs: Costs, wanted: int) -> float | None:
    place = hashes.searchsorted(np.uint32(wanted)).item()
    return -STEP * costs.item(place) if place < len(hashes) and hashes.item(place) == wanted else None
