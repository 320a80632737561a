"""Pictures of lines that nobody transcribed, by hand, as the net sees them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.errors import ScanError
from ocr.lines.strips import HEIGHT_PX
from ocr.train.unread import side_by_side, unread_lines


def write(path: Path, width: int, height: int = 60) -> None:
    grey = np.full((height, width), 220, np.uint8)
    grey[height // 3 : 2 * height // 3, 10::12] = 40
    cv2.imwrite(str(path), grey)


def never(error: ScanError) -> None:
    """All pictures of the test can be read."""
    raise error


def test_lines_come_by_hand(tmp_path: Path) -> None:
    for name in ("7_0.png", "7_1.png", "12_0.png"):
        write(tmp_path / name, 300)
    (tmp_path / "README.md").write_text("no picture")
    lines = list(unread_lines(tmp_path, on_refused=never))
    assert [(line.hand, line.ident) for line in lines] == [
        (f"{tmp_path.name}/12", "12_0.png"),
        (f"{tmp_path.name}/7", "7_0.png"),
        (f"{tmp_path.name}/7", "7_1.png"),
    ]
    assert all(line.strip.shape[0] == HEIGHT_PX for line in lines)


def test_words_are_put_side_by_side(tmp_path: Path) -> None:
    for name in ("00.png", "01.png", "02.png"):
        write(tmp_path / name, 150)
    alone = [line.strip.shape[1] for line in unread_lines(tmp_path, on_refused=never, narrowest_px=1)]
    first, last = unread_lines(tmp_path, on_refused=never, words=2, narrowest_px=1)
    assert first.strip.shape[1] > alone[0] + alone[1]
    assert last.strip.shape[1] == alone[2]
    assert first.hand == last.hand


def test_strips_keep_their_pixels_side_by_side() -> None:
    parts = [np.full((HEIGHT_PX, width), value, np.float32) for width, value in ((5, -1), (7, 0))]
    row = side_by_side(parts)
    assert np.array_equal(row[:, :5], parts[0])
    assert np.array_equal(row[:, -7:], parts[1])
    assert (row[:, 5:-7] == 1).all()
    assert side_by_side(parts[:1]).shape == (HEIGHT_PX, 5)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="no picture of a line"):
        list(unread_lines(tmp_path, on_refused=never))
    write(tmp_path / "1_0.png", 300)
    (tmp_path / "1_1.png").write_bytes(b"no picture")
    refused: list[ScanError] = []
    assert [line.ident for line in unread_lines(tmp_path, on_refused=refused.append)] == ["1_0.png"]
    assert "1_1.png" in str(refused[0])


def test_marks_too_narrow_to_be_words_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "1_0.png", 40)
    write(tmp_path / "1_1.png", 300)
    assert [line.ident for line in unread_lines(tmp_path, on_refused=never)] == ["1_1.png"]
