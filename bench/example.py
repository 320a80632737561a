"""Draws the small example in scans/ and ground_truth/: python bench/example.py TYPE_FONT HAND_FONT [FOLDER].

Our own words, on paper of our own making: one leaf of typescript, one in a clear hand on ruled paper.
Same fonts, same bytes.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

LEAVES = {
    "letter": """Дорогой друг!
Пишу тебе коротко: бумаги мало, а дел
много. Тетради мы нашли весной 1931 г.,
когда меняли половицы. Их было семь;
каждая свернута в трубку и перевязана
ниткой. Чернила выцвели, но читать
можно почти всё.
Первую тетрадь переписали за три дня,
вторую — за неделю. Дальше пошло
легче: привыкаешь к руке, к ее буквам
и сокращениям, и т. д.
Посылаю список с первых 24 страниц.
Где сомневались, там стоит знак вопроса.
Твой А.""",
    "notebook": """В четверг с утра шел дождь, и мы
остались дома. Дед достал с полки
старую тетрадь и стал читать вслух.
Почерк у него мелкий, но ясный.
«Год 1929, март. Лед на реке еще
крепкий, возим сено с того берега.
Учитель просил записать песни, какие
помнит бабка Марья: набралось их 46».
Я спросил, где теперь эти песни.
Он сказал: ищи в сундуке.""",
}


def paper(height: int, width: int, ruled_px: int, seed: int) -> Image.Image:
    """Yellowish paper with grain, uneven light and, where asked, blue ruling."""
    dice = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(dice.normal(0, 14, (height, width)).astype(np.float32), (0, 0), 2)
    light = cv2.resize(
        dice.normal(0, 9, (4, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    sheet = np.array([236, 229, 210], np.float32) + (grain + light)[:, :, None]
    if ruled_px:
        for y in range(3 * ruled_px, height - ruled_px, ruled_px):
            sheet[y : y + 2] -= np.array([70, 45, 15], np.float32)
    return Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8))


def draw(text: str, font: Path, ruled: bool, seed: int) -> Image.Image:
    """A leaf of 1240 by 1500 pixels (150 dpi), turned by a little."""
    pitch = 72
    face = ImageFont.truetype(str(font), 44 if ruled else 40)
    sheet = paper(1500, 1240, pitch if ruled else 0, seed)
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(text.splitlines()):
        pen.text((150, 5 * pitch + number * pitch), line, font=face, fill=(38, 34, 52), anchor="ls")
    return sheet.rotate(0.6, Image.Resampling.BICUBIC, fillcolor=(228, 221, 203))


def main() -> None:
    fonts = {"letter": Path(sys.argv[1]), "notebook": Path(sys.argv[2])}
    root = Path(sys.argv[3]) if len(sys.argv) > 3 else Path()
    for folder in ("scans/example", "ground_truth/example"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for seed, (name, text) in enumerate(LEAVES.items()):
        scan = root / "scans/example" / f"{name}.jpg"
        draw(text, fonts[name], name == "notebook", seed).save(scan, quality=85, dpi=(150, 150))
        (root / "ground_truth/example" / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
        print(f"{scan}: {len(text.splitlines())} lines")
    print(json.dumps({"leaves": len(LEAVES)}))


if __name__ == "__main__":
    main()
