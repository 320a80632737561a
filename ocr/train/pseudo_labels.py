"""Texts for lines that nobody has transcribed: several a line, each with its probability.

Net and language model read the lines of each hand together, as those of a leaf are (see
`ocr.engines.leaf_adaptation`). Their best text alone would teach the net the language model's habits along
with the hand: it would lose its own doubt, and be corrected no more (pseudo-labels and
their confirmation bias: Arazo et al., 2020). So a line keeps the likeliest readings of the beam, weighed by
the strip, with only a part of what the language model says; and lines with too many doubtful letters, or
that two readers do not read alike, teach nothing.
"""

import operator
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from ocr.arrays import arrays_of
from ocr.engines.beam_search import Beam, BeamSettings, Strip, beam_search
from ocr.engines.cursive import CursiveEngine, NetOutput
from ocr.engines.decoding import LogProbs
from ocr.engines.language import NextLetter, log_p_of
from ocr.errors import ScanError, reason_of
from ocr.files import whole_file
from ocr.lines.strips import Fitted
from ocr.train.samples import needed_frames
from ocr.train.unread import UnreadLine

_LEAF = 60
"""Lines of a hand that are read together at most."""

Texts = tuple[tuple[bytes, float], ...]
"""Texts as classes (1 + place in the alphabet) and their probabilities, which come to one."""


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """How texts are chosen."""

    texts: int = 12
    """Readings of a line kept at most,"""
    least: float = 0.01
    """none less likely than this."""
    language_kept: float = 0.25
    """Share of the language model's weight in the probabilities of the readings, 0..1; 1: as decoded."""
    doubtful: float = 0.22
    """A line with a greater share of letters expected to be wrong is left out,"""
    alike: float = 0.75
    """and one of which a reader that does not know its hand reads less alike, 0..1."""
    letters: int = 3
    """Letters of a line at least."""


@dataclass(frozen=True, slots=True)
class SoftLine:
    """A line to learn from."""

    strip: Fitted
    texts: Texts
    weight: float = 1.0
    """How much it counts, 0..1."""


def labelled(
    engine: CursiveEngine,
    lines: Sequence[UnreadLine],
    settings: LabelSettings,
    plain: CursiveEngine | None = None,
) -> Iterator[SoftLine]:
    """The lines that are read well enough, hand by hand, with their texts. `plain`: another reader, to agree
    with; None: nobody has to."""
    hands = defaultdict[str, list[UnreadLine]](list)
    for line in lines:
        hands[line.hand].append(line)
    for _, of_hand in sorted(hands.items()):
        for start in range(0, len(of_hand), _LEAF):
            part = of_hand[start : start + _LEAF]
            leaf = [engine.model.look_at(line.strip) for line in part]
            others = [None] * len(leaf) if plain is None else [read.text for read in plain.reads(leaf)]
            for line, read, other in zip(part, _read(engine, leaf, settings), others, strict=True):
                alike = other is None or _alike(read.text, other) >= settings.alike
                if read.texts and read.doubt <= settings.doubtful and alike:
                    yield SoftLine(line.strip, read.texts, (1 - read.doubt) ** 2)


def _alike(text: str, other: str) -> float:
    return 1 - Levenshtein.normalized_distance(text.strip(), other.strip())


class _LineRead(NamedTuple):
    text: str
    texts: Texts
    """None where too few letters stand in it."""
    doubt: float
    """Its share of doubtful letters."""


def _read(engine: CursiveEngine, leaf: Sequence[NetOutput], settings: LabelSettings) -> Iterator[_LineRead]:
    """Each line of a leaf."""
    how = engine.decoder.settings
    scores = [look.scores for look in leaf]
    spelling = engine.spelling(scores)
    if spelling is None:
        yield from [_LineRead("", (), 1.0)] * len(leaf)
        return
    for own in engine.adapted(leaf, engine.decoder.agreed(scores, spelling)):
        read = engine.decoder.read(own, spelling)
        enough = len(read.text.strip()) >= settings.letters
        texts = weighed_texts(own, spelling, how, settings) if enough else ()
        sure = engine.model.calibration.letters(read.evidence)
        yield _LineRead(read.text, texts, float((1 - sure).mean()) if len(sure) else 1.0)


def weighed_texts(
    scores: LogProbs, spelling: NextLetter, how: BeamSettings, settings: LabelSettings
) -> Texts:
    """The likeliest readings of a strip and their probabilities, most of the language model's share taken
    out."""
    (beams,) = beam_search([Strip(scores)], spelling, how)
    readings = [beam for beam in beams if needed_frames(beam.codes) <= len(scores)]
    if not readings:
        return ()
    taken = 1 - settings.language_kept
    worth = np.array([beam.score - taken * _language_share(beam, spelling, how) for beam in readings])
    shares = np.exp(worth - worth.max())
    shares /= shares.sum()
    order = [n for n in np.argsort(-shares, kind="stable")[: settings.texts] if shares[n] >= settings.least]
    whole = sum(shares[n] for n in order)
    return tuple((readings[n].codes, float(shares[n] / whole)) for n in order)


def _language_share(beam: Beam, spelling: NextLetter, how: BeamSettings) -> float:
    """What of a reading's score is not the strip's: the language model and the bonus per letter."""
    return how.language * log_p_of(spelling, b"", beam.codes + b"\0") + how.letter * len(beam.codes)


def save_lines(lines: Sequence[SoftLine], path: Path) -> None:
    """Writes lines and their texts (npz), whole or not at all."""
    texts = [(row, text, share) for row, line in enumerate(lines) for text, share in line.texts]
    with whole_file(path) as opened:
        np.savez_compressed(
            opened,
            strips=np.hstack([line.strip for line in lines]).astype(np.float16),
            widths=np.array([line.strip.shape[1] for line in lines], np.int64),
            weights=np.array([line.weight for line in lines]),
            owners=np.array([row for row, _, _ in texts], np.int64),
            shares=np.array([share for _, _, share in texts]),
            lengths=np.array([len(text) for _, text, _ in texts], np.int64),
            codes=np.frombuffer(b"".join(text for _, text, _ in texts), np.uint8),
        )


def load_lines(path: Path) -> list[SoftLine]:
    """Lines as `save_lines` wrote them; strips to the precision of 16 bits. ScanError for another file."""
    try:
        file = arrays_of(path.read_bytes(), most_bytes=2**36)
        strips = np.split(file["strips"].astype(np.float32), np.cumsum(file["widths"])[:-1], axis=1)
        codes = np.split(file["codes"], np.cumsum(file["lengths"])[:-1])
        weights, owners, shares = (file[name].tolist() for name in ("weights", "owners", "shares"))
        rows = list(zip(owners, codes, shares, strict=True))
        lines = list(zip(strips, weights, strict=True))
        texts = _texts(rows, len(lines))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise ScanError(
            f"{path} does not hold labelled lines ({reason_of(error)}); remove it to have them made."
        ) from error
    return [
        SoftLine(np.ascontiguousarray(strip), tuple(texts[row]), weight)
        for row, (strip, weight) in enumerate(lines)
    ]


def _texts(
    rows: Sequence[tuple[int, npt.NDArray[Any], float]], lines: int
) -> list[list[tuple[bytes, float]]]:
    """The texts of each line; IndexError where a row is of none."""
    texts: list[list[tuple[bytes, float]]] = [[] for _ in range(lines)]
    for owner, text, share in rows:
        texts[operator.index(owner)].append((text.tobytes(), share))
    return texts
