"""What a net is worth on held-back lines of real hands, read greedily."""

from collections import defaultdict
from pathlib import Path

import torch
from rapidfuzz.distance import Levenshtein

from ocr.engines.decoding import greedy
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
    """Held-back lines, to score nets with."""

    def __init__(self, path: Path, alphabet: str) -> None:
        self._lines = [
            (line.hand, fit_strip(line.grey).fitted, squeeze(nfc(line.text))) for line in table_lines(path)
        ]
        self._alphabet = alphabet

    def __call__(self, net: Net) -> dict[str, object]:
        """CER over all lines, with old letters mapped, and per hand; two readings to look at."""
        errors, letters = defaultdict[str, int](int), defaultdict[str, int](int)
        readings = []
        for hand, strip, text in self._lines:
            reading = net_text(net, strip, self._alphabet)
            readings.append(reading)
            for key, a, b in (
                (hand, text, reading),
                ("", text, reading),
                ("mapped", old_mapped(text), old_mapped(reading)),
            ):
                errors[key] += Levenshtein.distance(a, b)
                letters[key] += len(a)
        rates = {key: round(errors[key] / letters[key], 4) for key in letters}
        middle = len(readings) // 2
        return {
            "cer": rates.pop(""),
            "mapped": rates.pop("mapped"),
            "hands": rates,
            "read": [readings[0], readings[middle]],
        }
