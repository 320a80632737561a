import csv
import json
import math
from io import StringIO
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.evaluate.as_json import HEADERS, report_as_json, rows
from ocr.evaluate.findings import Findings, find
from ocr.evaluate.pair import PageText, Pair
from ocr.evaluate.rates import EditCounts
from ocr.evaluate.scores import EvaluateSettings, Report, evaluate, score_page


def both(*pages: tuple[str, str]) -> tuple[Report, Findings]:
    path = (Path("p.txt"),)
    pairs = [Pair(f"p{n}", PageText(path, (t,)), PageText(path, (f,))) for n, (t, f) in enumerate(pages, 1)]
    report = Report(EvaluateSettings(), tuple(score_page(one, EvaluateSettings()) for one in pairs))
    return report, find(report, draws=100)


def test_json_holds_everything_and_no_nan() -> None:
    report, found = both(("С’ѣздъ рѣчь\nпар-\nтіи", "съездъ речь\nпартии"), ("", "кляксы"), ("да", ""))
    held = json.loads(json.dumps(report_as_json(report, found, {"lint": []}), allow_nan=False))
    assert held["profiles"].keys() == held["totals"].keys() == {"strict", "lenient", "reading"}
    assert {"tetradi", "rapidfuzz", "regex", "unicode", "numpy"} == held["versions"].keys()
    assert (held["settings"]["seed"], held["settings"]["draws"], held["lint"]) == (1, 100, [])
    empty = held["pages"][1]["profiles"]["strict"]["cer"]
    assert (empty["rate"], empty["insertions"], empty["truth"]) == (None, 6, 0)
    interval = held["totals"]["strict"]["micro"]["cer"]["interval"]
    assert interval["low"] <= held["totals"]["strict"]["micro"]["cer"]["rate"] <= interval["high"]
    assert {"truth": "ѣ", "found": "е", "times": 2, "frequency": 2} in held["confusions"]


def test_what_the_pages_hold_adds_up() -> None:
    report, found = both(("раз два\nтри", "рез два\nтри"), ("четыре", "четыри и"))
    held = report_as_json(report, found, {})
    errors = held["totals"]["strict"]["micro"]["cer"]["errors"]
    assert errors == sum(line["cer"]["errors"] for page in held["pages"] for line in page["lines"])
    assert errors == sum(stage["errors"] for stage in held["stages"].values())


def test_a_spreadsheet_reads_back() -> None:
    report, found = both(('=cmd "x",\nдва', "+1\nдва"))
    file = StringIO()
    csv.writer(file).writerows(rows(report, found))
    read = list(csv.DictReader(StringIO(file.getvalue())))
    assert [one["level"] for one in read[:7]] == ["total"] * 3 + ["page"] * 3 + ["line"]
    line = read[6]
    assert (line["truth"], line["found"]) == ('=cmd "x",', "+1")
    assert int(line["letter_errors"]) + int(read[7]["letter_errors"]) == int(read[0]["letter_errors"])
    assert {one["page"]: one["truth"] for one in read if one["level"] == "setting"}["settings.seed"] == "1"
    assert tuple(read[0]) == HEADERS


texts = st.text(alphabet="аб \n<&ѣ́", max_size=20)


@settings(max_examples=25)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=3))
def test_no_page_makes_json_or_rows_that_are_no_figures(pages: list[tuple[str, str]]) -> None:
    report, found = both(*pages)
    held = report_as_json(report, found, {})
    json.dumps(held, allow_nan=False)

    def walk(one: Any) -> None:
        if isinstance(one, float):
            assert math.isfinite(one)
        for inner in one.values() if isinstance(one, dict) else one if isinstance(one, list) else ():
            walk(inner)

    walk(held)
    assert {len(row) for row in rows(report, found)} == {len(HEADERS)}
    assert sum((one.letters for one in found.stages.values()), EditCounts()) == report.totals[0].micro.letters


def test_files_of_pages_are_told(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("да", "utf-8")
    report = evaluate(tmp_path / "t.txt", tmp_path / "t.txt")
    assert report_as_json(report, find(report, draws=100), {})["pages"][0]["truth"] == [
        str(tmp_path / "t.txt")
    ]
