"""Which files are scans, and in what order."""

from pathlib import Path

from PIL import Image

from ocr.scan.listing import list_scans
from ocr.text import natural

PAPER = Image.new("L", (40, 60), 240)


def test_linked_folders_are_searched_and_loops_apart(tmp_path: Path) -> None:
    scans, elsewhere = tmp_path / "scans", tmp_path / "elsewhere"
    (scans / "own").mkdir(parents=True)
    elsewhere.mkdir()
    PAPER.save(elsewhere / "leaf1.png")
    PAPER.save(scans / "own" / "leaf2.png")
    (scans / "more").symlink_to(elsewhere)
    (scans / "again").symlink_to(scans / "own")  # searched once, where it lies
    (elsewhere / "back").symlink_to(scans)
    (elsewhere / "self").symlink_to(elsewhere)
    found = list_scans([scans], tmp_path / "out")
    assert [one.scan.relative_to(scans).as_posix() for one in found] == ["more/leaf1.png", "own/leaf2.png"]


def test_natural_order() -> None:
    names = ["л. 10", "л. 9", "л. 1 об.", "Л. 1", "л. 100"]
    assert sorted(names, key=natural) == ["Л. 1", "л. 1 об.", "л. 9", "л. 10", "л. 100"]
    assert list_scans([], Path("out")) == []
