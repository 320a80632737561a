"""Parts that only some evaluations have: their JSON, their rows, their sentences agree."""

from pathlib import Path

from ocr.evaluate.wording import Wording
from ocr.report.markup import HtmlWording
from ocr.report.parts import by_group, hands, other_run, suspicious, visible
from tests.report.test_html import report

PAGES = (("a/p1", "раз два", "рас два"), ("a/p2", "три", "три"), ("b/p3", "пять", "пяте"))


def test_groups_add_up_to_the_whole(tmp_path: Path) -> None:
    held = report(*PAGES)
    part = by_group(held, ["folder"], seed=1, draws=100)
    groups = part.as_json["folder"]
    assert {name: group["pages"] for name, group in groups.items()} == {"a": 2, "b": 1}
    total = held.totals[0].micro
    assert sum(group["cer"]["errors"] for group in groups.values()) == total.letters.errors
    assert [name for name, _, _ in part.rows] == ["folder: a (2)", "folder: b (1)"]
    assert "folder" in part.show(HtmlWording()).text


def test_pages_of_which_a_table_says_nothing_have_a_group(tmp_path: Path) -> None:
    table = tmp_path / "g.csv"
    table.write_text("page,hand\na/p1,Иванъ\n", "utf-8")
    held = report(*PAGES)
    groups = by_group(held, [str(table)], seed=1, draws=100).as_json["hand"]
    assert {name: group["pages"] for name, group in groups.items()} == {"Иванъ": 1, "–": 2}
    assert hands(held, [str(table)]) == {"a/p1": "Иванъ"}
    assert hands(held, ()) == {}


def test_a_run_against_itself_is_no_better() -> None:
    held = report(*PAGES)
    part = other_run(held, held, ("one", "other"), seed=1, draws=100)
    assert part.as_json["rates"]["found"] == part.as_json["rates"]["other"]
    assert {c["better"] for c in part.as_json["profiles"]["strict"]["cer"]["contests"]} == {"equal"}
    assert [key for key, _ in part.sentences] == ["against.no"]
    assert [name for name, _, _ in part.rows] == ["FOUND: one (3)", "OTHER: other (3)"]


def test_suspicious_places_are_counted_in_a_sentence() -> None:
    clean, dirty = (suspicious(report(("p", text, "а"))) for text in ("привет", "при  вeт"))
    assert (clean.as_json, clean.sentences) == ([], ())
    assert {flaw["kind"] for flaw in dirty.as_json} == {"spaces", "alphabet"}
    ((key, values),) = dirty.sentences
    assert Wording().plain(key, **values).startswith("The truth has 2 ")
    assert visible("e") == "e (U+0065)"
    assert visible(" \t") == "␣⇥"
