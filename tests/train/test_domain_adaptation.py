"""Batches of real and made lines: the same from a step on; several texts a strip in one loss."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")

from ocr.train.domain_adaptation import Mix, mixed  # noqa: E402
from ocr.train.net import Net  # noqa: E402
from ocr.train.pseudo_labels import SoftLine  # noqa: E402
from ocr.train.run import ctc  # noqa: E402
from ocr.train.samples import Batch, DataPlace, collate, collate_soft  # noqa: E402


def line(width: int, *texts: tuple[bytes, float], value: float = 0.0) -> SoftLine:
    return SoftLine(np.full((48, width), value, np.float32), texts or ((b"\1\2", 1.0),))


def made(place: DataPlace) -> Iterator[tuple[Batch, DataPlace]]:
    while True:
        batch = collate([(np.full((48, 64), place.batch, np.float32), [1])])
        place = DataPlace(place.chunk, place.batch + 1)
        yield batch, place


def test_a_run_goes_on_with_the_batches_that_it_would_have_had() -> None:
    real = [line(100 + n, value=n / 50) for n in range(30)]
    known = [line(80, value=-1)]
    straight = list(
        islice(mixed(real, known, made(DataPlace()), Mix(batch_px=500), step=0, place=DataPlace()), 40)
    )
    place = straight[24][1]
    again = list(islice(mixed(real, known, made(place), Mix(batch_px=500), step=25, place=place), 15))
    for (a, after_a), (b, after_b) in zip(straight[25:], again, strict=True):
        assert np.array_equal(a.strips, b.strips)
        assert after_a == after_b


def test_shares_are_kept() -> None:
    real, known = [line(100)], [line(80, value=-1)]
    feed = mixed(real, known, made(DataPlace()), Mix(real=0.3, known=0.5), step=0, place=DataPlace())
    kinds = [batch.weights is not None for batch, _ in islice(feed, 300)]
    assert 0.2 < np.mean(kinds) < 0.4


def test_strips_too_wide_are_left_out() -> None:
    feed = mixed([line(100), line(3000)], [], made(DataPlace()), Mix(real=1.0), step=0, place=DataPlace())
    assert max(batch.strips.shape[-1] for batch, _ in islice(feed, 30)) < 1400


def test_texts_of_a_strip_are_weighed() -> None:
    torch.manual_seed(1)
    net = Net(3, dropout=0.0).eval()
    strips = [np.random.default_rng(n).normal(0, 0.5, (48, 96)).astype(np.float32) for n in range(2)]
    both = collate_soft([(strips[0], [(b"\1\2", 0.75), (b"\3", 0.25)]), (strips[1], [(b"\2", 1.0)])])
    alone = [
        float(ctc(net, collate([(strip, list(text))]), half=False).detach()) * len(text)
        for strip, text in ((strips[0], b"\1\2"), (strips[0], b"\3"), (strips[1], b"\2"))
    ]
    wanted = (0.75 * alone[0] + 0.25 * alone[1] + alone[2]) / (0.75 * 2 + 0.25 + 1)
    assert float(ctc(net, both, half=False).detach()) == pytest.approx(wanted, rel=1e-4)


def test_no_line_that_is_read_well_enough_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cv2

    from ocr.errors import ScanError
    from ocr.train import domain_adaptation as real

    cv2.imwrite(str(tmp_path / "1_0.png"), np.full((60, 400), 200, np.uint8))
    given = [
        "real",
        str(tmp_path / "run"),
        "--lines",
        str(tmp_path),
        "--fonts",
        ".",
        "--texts",
        "t",
        "--held",
        "h",
    ]
    monkeypatch.setattr(sys, "argv", given)
    with pytest.raises(ScanError, match="None of 1 lines"):
        real.main()


def test_a_picture_that_is_not_learnt_from_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ocr.train import domain_adaptation as real

    grey = np.full((60, 300), 220, np.uint8)
    grey[20:40, 10::12] = 40
    cv2.imwrite(str(tmp_path / "1_0.png"), grey)
    (tmp_path / "1_1.png").write_bytes(b"no picture")
    monkeypatch.setattr(real, "open_engine", lambda _: None)
    monkeypatch.setattr(real, "labelled", lambda _engine, lines, _settings, _plain: iter(lines))
    asked = Namespace(
        teacher=None, start="model", spelling="old", language=None, lines=[tmp_path], words=[], without=[]
    )
    lines = real.read_lines(Namespace(**vars(asked), language_kept=0.5, doubtful=0.5))
    assert len(lines) == 1
    assert "1_1.png" in capsys.readouterr().err


def test_a_picture_of_a_table_that_cannot_be_read_is_named_and_the_others_are_learnt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ocr.train.domain_adaptation import known_lines

    grey = np.full((60, 300), 220, np.uint8)
    grey[20:40, 10::12] = 40
    cv2.imwrite(str(tmp_path / "good.png"), grey)
    cv2.imwrite(str(tmp_path / "small.png"), grey[:4, :4])
    (tmp_path / "broken.png").write_bytes(b"no picture")
    rows = [f"{name}.png\tаб" for name in ("small", "good", "broken", "missing", "good")]
    table = tmp_path / "lines.tsv"
    table.write_text("\n".join(rows), encoding="utf-8")
    assert [line.texts for line in known_lines(table, "аб")] == [((b"\1\2", 1.0),)] * 2
    named = capsys.readouterr().err
    assert [name in named for name in ("small", "broken", "missing", "good")] == [True, True, True, False]
