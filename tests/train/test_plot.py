"""The curve of a run is a picture that any browser shows."""

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

from ocr.train.plot import curve, read_log


def test_a_run_becomes_two_lines(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    rows = [{"samples": 100 * n, "loss": 2.0 / n, "cer": 0.5 / n, "step": n} for n in range(1, 5)]
    log.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    told = curve([("a & <b>", read_log(log))])
    lines = [e for e in fromstring(told).iter() if e.tag.endswith("polyline")]
    assert len(lines) == 2
    heights = [float(point.split(",")[1]) for point in lines[0].attrib["points"].split()]
    assert heights == sorted(heights)  # a falling rate runs down the picture
    assert "a &amp; &lt;b&gt;" in told


def test_a_run_without_rows_is_an_empty_picture() -> None:
    assert not [e for e in fromstring(curve([("none", [])])).iter() if e.attrib.get("points")]
