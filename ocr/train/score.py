"""What a net is worth on held-back lines of real hands, read greedily."""

from collections import defaultdict
from pathlib import Path

import torch

from ocr.engines.decoding import greedy
from ocr.errors import ScanError
from ocr.evaluate.rates import EditCounts, compare
from ocr.lines.strips import Fitted, fit_strip
from ocr.text import nfc, squeeze
from ocr.train.hands import table_lines
from ocr.train.net import Net

_NEW = str.maketrans("ѣіѳѵѢІѲѴ–—", "еифиЕИФИ--")


def old_mapped(text: str) -> str:
    """Old letters as new ones, no hard sign at the end of words, one dash."""
    return " ".join(
        w[:-1] if w[-1:] in "ъЪ" else w for w in text.translate(_NEW).replace("ъ.", ".").split(" ")
    )


def net_text(net: Net, strip: Fitted, alphabet: str) -> str:
    """What a net alone reads in a fitted strip."""
    with torch.inference_mode():
        scores = net(torch.from_numpy(strip)[None, None])[0].float().numpy()
    return squeeze("".join(alphabet[code - 1] for code in greedy(scores).codes))


class HeldBack:
    """Held-back lines, to score nets with. ScanError when the table cannot be read or holds no text."""

    def __init__(self, path: Path, alphabet: str) -> None:
        self._lines = [
            (line.hand, fit_strip(line.grey).fitted, squeeze(nfc(line.text))) for line in table_lines(path)
        ]
        if not any(text for _, _, text in self._lines):
            raise ScanError(f"{path} holds no text to score with; give lines picture<TAB>text.")
        self._alphabet = alphabet

    def __call__(self, net: Net) -> dict[str, object]:
        """CER over all lines, with old letters mapped, and per hand; two readings to look at."""
        total, mapped, hands = EditCounts(), EditCounts(), defaultdict[str, EditCounts](EditCounts)
        readings = []
        for hand, strip, text in self._lines:
            reading = net_text(net, strip, self._alphabet)
            readings.append(reading)
            counts = compare(text, reading)
            total += counts
            hands[hand] += counts
            mapped += compare(old_mapped(text), old_mapped(reading))
        return {
            "cer": _rate(total),
            "mapped": _rate(mapped),
            "hands": {hand: _rate(counts) for hand, counts in hands.items()},
            "read": [readings[0], readings[len(readings) // 2]],
        }


def _rate(counts: EditCounts) -> float | None:
    return None if counts.rate is None else round(counts.rate, 4)
