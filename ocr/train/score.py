"""What a net is worth on held-back lines of real hands, read greedily."""

from collections import defaultdict
from pathlib import Path

import torch
from rapidfuzz.distance import Levenshtein

from ocr.scan.leaf import grey_of
from ocr.scan.load import load_sheet
from ocr.scan.strip import Fitted, fit_strip
from ocr.text import nfc, squeeze
from ocr.train.net import BLANK, Net

_NEW = str.maketrans("ѣіѳѵѢІѲѴ–—", "еифиЕИФИ--")


def old_mapped(text: str) -> str:
    """Old letters as new ones, no hard sign at the end of words, one dash."""
    return " ".join(
        w[:-1] if w[-1:] in "ъЪ" else w for w in text.translate(_NEW).replace("ъ.", ".").split(" ")
    )


def read_lines(path: Path) -> list[tuple[str, Fitted, str]]:
    """Hand (file name before its last _), fitted strip and text of each row `picture<TAB>text` of a table."""
    rows = []
    for row in path.read_text(encoding="utf-8").splitlines():
        name, _, text = row.partition("\t")
        fitted = fit_strip(grey_of(load_sheet(path.parent / name).pixels)).fitted
        rows.append((Path(name).stem.rsplit("_", 1)[0], fitted, squeeze(nfc(text))))
    return rows


def greedy(scores: torch.Tensor, alphabet: str) -> str:
    """The text of one strip's scores (T, 1 + letters): best class per frame, doubles and blanks dropped."""
    best = torch.unique_consecutive(scores.argmax(-1)).tolist()
    return squeeze("".join(alphabet[c - 1] for c in best if c != BLANK))


class Held:
    """Held-back lines, to score nets with."""

    def __init__(self, path: Path, alphabet: str) -> None:
        self._lines = read_lines(path)
        self._alphabet = alphabet

    def __call__(self, net: Net) -> dict[str, object]:
        """CER over all lines, with old letters mapped, and per hand; two readings to look at."""
        errors, letters = defaultdict[str, int](int), defaultdict[str, int](int)
        seen = []
        for hand, strip, text in self._lines:
            with torch.inference_mode():
                found = greedy(net(torch.from_numpy(strip)[None, None])[0], self._alphabet)
            seen.append(found)
            for key, a, b in (
                (hand, text, found),
                ("", text, found),
                ("mapped", old_mapped(text), old_mapped(found)),
            ):
                errors[key] += Levenshtein.distance(a, b)
                letters[key] += len(a)
        rates = {key: round(errors[key] / letters[key], 4) for key in letters}
        middle = len(seen) // 2
        return {
            "cer": rates.pop(""),
            "mapped": rates.pop("mapped"),
            "hands": rates,
            "read": [seen[0], seen[middle]],
        }
