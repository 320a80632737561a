"""A desk on drawn pages: two notebooks, their scans, the record of each as the machine would write it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image
from starlette.testclient import TestClient

from ocr.geometry import Box
from ocr.page import Line, Page, Reading, Region, Rival, Source, Step, Surface, Word
from ocr.review.app import build
from ocr.review.desk import Desk
from ocr.review.guard import HostRules
from ocr.review.tiles import Scans
from ocr.scan.load import digest_of
from ocr.tei.write import to_tei
from tests import drawn

HOST = "127.0.0.1:8642"
READER = Step("cursive", "Cursive recogniser", "1", (), reads=True)


@dataclass(frozen=True, slots=True)
class Set:
    """A desk, the folders it stands on, and a browser."""

    root: Path
    desk: Desk
    client: TestClient

    def first(self) -> str:
        """The id of the first page."""
        return self.desk.notebooks()[0].pages[0].ident


def set_up(root: Path, rules: HostRules | None = None, others: tuple[Path, ...] = ()) -> Set:
    """Writes the folders and opens the desk."""
    for notebook, count in (("one", 2), ("two", 1)):
        for number in range(1, count + 1):
            write_page(root, f"{notebook}/page-{number}")
    return opened(root, rules, others)


def opened(root: Path, rules: HostRules | None = None, others: tuple[Path, ...] = ()) -> Set:
    """The desk on folders that stand already."""
    desk = Desk(root / "output", (root / "scans",), others)
    app = build(desk, Scans(), rules or HostRules(frozenset({HOST})), "А. Б.")
    return Set(root, desk, TestClient(app, base_url=f"http://{HOST}"))


def write_page(root: Path, name: str) -> Path:
    """A drawn scan and its record."""
    scan, record = root / "scans" / f"{name}.png", root / "output" / f"{name}.xml"
    scan.parent.mkdir(parents=True, exist_ok=True)
    record.parent.mkdir(parents=True, exist_ok=True)
    on_paper = _on_paper()
    Image.fromarray(on_paper.pixels).save(scan, compress_level=1)
    height, width = on_paper.pixels.shape
    lines = tuple(
        Line(outline, baseline, readings=(_reading(text, outline.box),))
        for text, outline, baseline in zip(on_paper.texts, on_paper.outlines, on_paper.baselines, strict=True)
    )
    box = Box(0, 0, width, height)
    page = Page(
        name=record.stem,
        source=Source(scan.name, digest_of(scan), width, height, "image/png"),
        surfaces=(Surface(box, (Region(box.outline(), lines),)),),
        steps=(READER,),
    )
    record.write_bytes(to_tei(page, review_threshold=0.6))
    return record


@cache
def _on_paper() -> drawn.Drawn:
    return drawn.page()


def _reading(text: str, box: Box) -> Reading:
    """The words of a line side by side; long ones are doubtful, and the longest has a rival."""
    words, at = [], box.left
    for word in text.split():
        right = at + box.width * len(word) / len(text)
        sure = 0.99 if len(word) < 8 else 0.45
        rivals = (Rival(word[:-1] + "ь", 0.3),) if len(word) > 11 else ()
        words.append(Word(word, Box(round(at), box.top, round(right), box.bottom), sure, (), rivals))
        at = right + box.width / len(text)
    return Reading("cursive", tuple(words), 0.9)
