"""The search and index commands: what they print, and what they refuse."""

import csv
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner, Result

from ocr.cli import search
from ocr.cli.app import app
from ocr.errors import OutputError, SettingsError
from ocr.locks import locked
from ocr.search.index import INDEX, LOCK
from tests.search.collection import folder_of, of_text


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "out", {"book/1.xml": of_text("хлѣбъ и соль"), "2.xml": [[("хлѣпъ", 0.4)]]})


def _asked(records: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["search", str(records), *arguments])


def test_hits_are_listed_likeliest_first(records: Path) -> None:
    asked = _asked(records, "хлеб")
    assert asked.exit_code == 0
    first, second = asked.stdout.splitlines()
    assert first == "0.99  book/1.xml, line 1: хлѣбъ  |  хлѣбъ и соль"
    assert second.endswith("2.xml, line 1: хлѣпъ  |  хлѣпъ")
    assert "2 hits" in asked.stderr
    assert _asked(records, "хлеб", "--edits", "0").stdout.count("\n") == 1
    assert _asked(records, "хлеб", "--min-probability", "0.9").stdout.count("\n") == 1
    assert _asked(records, "хлеба", "--as-written", "--edits", "0").stdout == ""


def test_json_and_csv_say_the_same(records: Path) -> None:
    answer = json.loads(_asked(records, "хлеб", "--json").stdout)
    hit = answer["hits"][0]
    assert (answer["query"], hit["page"], hit["line"], hit["probability"]) == (
        "хлеб",
        "book/1.xml",
        "s1_r1_l1",
        0.99,
    )
    rows = list(csv.DictReader(_asked(records, "хлеб", "--csv").stdout.splitlines()))
    assert [row["page"] for row in rows] == [each["page"] for each in answer["hits"]]
    assert [int(rows[0][side]) for side in ("left", "top", "right", "bottom")] == hit["boxes"][0]
    assert isinstance(_asked(records, "хлеб", "--csv", "--json").exception, SettingsError)


def test_no_search_waits_for_another_run_that_renews_the_index(records: Path) -> None:
    assert CliRunner().invoke(app, ["index", str(records)]).exit_code == 0
    folder_of(records, {"3.xml": of_text("соль")})
    with locked(records / LOCK):
        behind = _asked(records, "соль")
    assert behind.stdout.count("\n") == 1
    assert "1 pages changed" in behind.stderr
    assert "Another run is bringing it up" in behind.stderr
    assert _asked(records, "соль").stdout.count("\n") == 2


def test_a_search_that_waits_for_pages_being_written_says_so(
    records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CliRunner().invoke(app, ["index", str(records)]).exit_code == 0
    monkeypatch.setattr(search, "_PATIENCE_S", 0.05)
    writer = sqlite3.connect(records / INDEX, isolation_level=None, check_same_thread=False)
    with closing(writer), locked(records / LOCK):
        writer.execute("BEGIN EXCLUSIVE")
        ends = Timer(0.5, writer.execute, ("COMMIT",))
        ends.start()
        waited = _asked(records, "соль")
        ends.join()
    assert waited.stdout.count("\n") == 1
    assert "the answer waits" in waited.stderr
    assert "waits" not in _asked(records, "соль").stderr


def test_an_index_that_is_behind_is_told_and_renewed(records: Path) -> None:
    assert isinstance(_asked(records, "соль", "--no-renew").exception, OutputError)  # none yet
    assert CliRunner().invoke(app, ["index", str(records)]).exit_code == 0
    folder_of(records, {"3.xml": of_text("соль")})
    behind = _asked(records, "соль", "--no-renew")
    assert behind.stdout.count("\n") == 1
    assert "1 pages changed" in behind.stderr
    renewed = _asked(records, "соль")
    assert renewed.stdout.count("\n") == 2
    assert "1 read anew" in renewed.stderr


def test_an_index_that_cannot_be_renewed_answers_all_the_same(
    records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a folder closed to us the hits are those of the index, with a word; without one there is none."""
    with monkeypatch.context() as closed:
        closed.setattr("os.access", lambda _, mode: mode != os.W_OK)
        assert isinstance(_asked(records, "соль").exception, OutputError)
    assert CliRunner().invoke(app, ["index", str(records)]).exit_code == 0
    folder_of(records, {"3.xml": of_text("соль")})
    monkeypatch.setattr("os.access", lambda _, mode: mode != os.W_OK)
    asked = _asked(records, "соль")
    assert (asked.exit_code, asked.stdout.count("\n")) == (0, 1)
    assert "1 pages changed" in asked.stderr
    assert "No index can be written" in asked.stderr


def test_a_file_that_is_no_record_is_named(records: Path) -> None:
    (records / "report.xml").write_text("<html/>")
    assert "left out: report.xml" in CliRunner().invoke(app, ["index", str(records)]).stderr


def test_lines_are_cut_out(records: Path, tmp_path: Path) -> None:
    Image.new("L", (1000, 1000), 200).save(tmp_path / "1.png")
    asked = _asked(records, "соль", "--strips", str(tmp_path / "strips"), "--scans", str(tmp_path), "--json")
    assert json.loads(asked.stdout)["hits"][0]["picture"] is None  # another scan of its name
    assert "No picture" in asked.stderr


@given(st.text() | st.text('"*()^{}:+-NEAR/ORANDT аб1='))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_ends_well(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = folder_of(tmp_path_factory.getbasetemp() / "any", {"1.xml": of_text("хлѣбъ и соль")})
    assert CliRunner().invoke(app, ["search", str(folder), "--", text]).exit_code in {0, 2}
