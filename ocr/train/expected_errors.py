"""A loss that knows what the language model will say: the errors to be expected of both together.

CTC raises the truth without asking what a language model says, and a net that has learnt doubtful texts grows
unsure of its letters, so that the language model drowns them. Here each strip is read as it will be, by net
and language model together, and what falls are the errors expected over its likeliest readings (minimum word
error rate training: Prabhavalkar et al., 2018; here of letters). The texts must be true, and unknown to the
language model, or the net would learn to lean on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from torch import Tensor

from ocr.arrays import F32
from ocr.engines.beam_search import BeamSettings, Strip, beam_search
from ocr.engines.decoding import spelling_of
from ocr.engines.language import CharModel, NextLetter, log_p_of
from ocr.train.net import Net
from ocr.train.run import ctc_of, losses_of, shares_of
from ocr.train.samples import Batch

_READINGS, _WIDTH, _BEHIND = 6, 10, 6.0
"""So many readings of a strip count, of so many kept on the way, none so far behind the best."""
_TEMPER = 0.7
"""Their shares are brought so much nearer to each other."""


@dataclass(frozen=True, slots=True)
class ExpectedErrors:
    """A loss for batches of which some have one true text a strip, and the others several likely ones."""

    language: CharModel
    how: BeamSettings
    alphabet: str
    errors: float = 3.0
    """How much the expected errors count where the text is true,"""
    plain: float = 0.5
    """and how much CTC does there. Elsewhere CTC alone is asked."""
    half: bool = False

    def __call__(self, net: Net, batch: Batch) -> Tensor:
        """The loss, per letter."""
        shares = shares_of(net, batch, half=self.half)
        if batch.weights is not None:
            return ctc_of(shares, batch)
        return self.plain * ctc_of(shares, batch) + self.errors * self.expected(shares, batch)

    def expected(self, shares: Tensor, batch: Batch) -> Tensor:
        """Letters expected to be wrong, per letter. `shares`: (B, T, 1 + letters), logarithms."""
        scores = shares.detach().numpy()
        readings: list[bytes] = []
        rows, language, wrong = list[int](), list[float](), list[int]()
        for row, (text, frames) in enumerate(zip(_texts(batch), batch.frames.tolist(), strict=True)):
            spelling = self.language.spellings[spelling_of("".join(self.alphabet[code - 1] for code in text))]
            for reading in self._readings(scores[row, :frames], spelling, text):
                readings.append(reading)
                rows.append(row)
                language.append(self._language(spelling, reading))
                wrong.append(Levenshtein.distance(reading, text))
        strip_of = np.array(rows, np.int64)
        classes = np.frombuffer(b"".join(readings), np.uint8).astype(np.int64)
        losses = losses_of(shares, batch, classes, torch.tensor([*map(len, readings)]), strip_of)
        worth, errors = _TEMPER * (torch.tensor(language) - losses), torch.tensor(wrong, dtype=torch.float32)
        of_strips = [torch.from_numpy(strip_of == row) for row in range(len(batch.frames))]
        expected = sum((worth[own].softmax(0) * errors[own]).sum() for own in of_strips)
        return torch.as_tensor(expected) / max(int(batch.lengths.sum()), 1)

    def _readings(self, scores: F32, spelling: NextLetter, text: bytes) -> list[bytes]:
        """The likeliest readings of a strip, the truth among them."""
        narrow = replace(self.how, width=_WIDTH, behind=_BEHIND)
        (beams,) = beam_search([Strip(scores)], spelling, narrow)
        likeliest = [beam.codes for beam in beams[:_READINGS] if beam.codes]
        return likeliest if text in likeliest else [*likeliest[: _READINGS - 1], text]

    def _language(self, spelling: NextLetter, reading: bytes) -> float:
        """What the language model says of a reading, and the bonus for its letters."""
        return self.how.language * log_p_of(spelling, b"", reading + b"\0") + self.how.letter * len(reading)


def _texts(batch: Batch) -> Iterator[bytes]:
    """The text of each strip, as classes."""
    ends = np.cumsum(batch.lengths).tolist()
    for start, end in pairwise([0, *ends]):
        yield bytes(batch.classes[start:end].astype(np.uint8))
