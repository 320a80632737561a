"""Draws the contact sheets of docs/hands.md: forty writers, the alphabet and one sentence.

`python bench/hands.py [DOCS]`
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from ocr.arrays import GreyImage
from ocr.synth.hand import write
from ocr.synth.pen import draw
from ocr.synth.strokes import gain
from ocr.synth.writer import Style, Writer, draw_writer

ALPHABETS = (
    "Аа Бб Вв Гг Дд Ее Ёё Жж Зз Ии Йй Іі Кк Лл Мм Нн Оо Пп Рр Сс",
    "Тт Уу Фф Хх Цц Чч Шш Щщ Ъъ Ыы Ьь Ѣѣ Ээ Юю Яя Ѳѳ Ѵѵ 1234567890",
)
SENTENCE = "Съезд в июле об'явил: «Ждём ещё хлеба, щепы и фуража» — 25 дней."
STYLES = [style for style in Style if style is not Style.MIXED]
X_PX = 12


def row(writer: Writer, seed: int, text: str, width: int, x_px: int = X_PX) -> GreyImage:
    """One line in black on white, made narrower where it would not fit."""
    track = write(np.random.default_rng(seed), writer, text)
    height, finer = round(4.6 * x_px), 4
    by = min(x_px, (width - 12) / float(np.ptp(track.places[:, 0])))
    sheet = np.zeros((height * finer, width * finer), np.uint8)
    start = np.array([6 - float(track.places[:, 0].min()) * by, 2.9 * x_px], np.float32)
    places = (track.places * np.array([by, -by], np.float32) + start) * np.float32(finer)
    draw(sheet, places, track.widths * np.float32(by * finer), track)
    ink = cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(255 - np.minimum(ink * gain(float(track.widths.mean()) * by), 255), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("docs", type=Path, nargs="?", default=Path("docs"))
    docs = parser.parse_args().docs
    writers = [draw_writer(np.random.default_rng(n), STYLES[n // 8]) for n in range(40)]
    sheets = {
        "hands-alphabet.png": [
            np.hstack([row(writer, n, part, 900) for part in ALPHABETS]) for n, writer in enumerate(writers)
        ],
        "hands-sentence.png": [row(writer, n, SENTENCE, 1000, 13) for n, writer in enumerate(writers)],
    }
    sizes = {}
    for name, rows in sheets.items():
        # sixteen greys are enough for ink, and keep the file small
        picture = np.vstack(rows) // 17 * 17
        cv2.imwrite(str(docs / name), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        sizes[name] = (docs / name).stat().st_size
    for name, size in sizes.items():
        print(f"{name:24} {size:8} bytes")
    print(json.dumps({"writers": len(writers), "bytes": sizes}))


if __name__ == "__main__":
    main()
