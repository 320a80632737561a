from pathlib import Path

import pytest

from ocr.errors import SettingsError
from ocr.evaluate.groups import Grouping, groupings
from ocr.evaluate.pair import Pair, pair
from ocr.tei.flow import TextRules

HEADER = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><sourceDesc><msDesc>
<msIdentifier><idno type="notebook">{notebook}</idno></msIdentifier>
<physDesc><handDesc><handNote xml:id="{hand}" script="cursive">ink</handNote></handDesc></physDesc>
<history><origin><origDate when="{date}">when</origDate></origin></history></msDesc></sourceDesc></fileDesc>
</teiHeader><text><body><p>да</p></body></text></TEI>"""


@pytest.fixture
def pages(tmp_path: Path) -> list[Pair]:
    told = {"p1": ("3", "hand1", "1932-05"), "p2": ("10", "hand1", "1933"), "p10": ("3", "hand2", "1932-06")}
    for side in ("truth", "found"):
        (tmp_path / side).mkdir()
        for name, (notebook, hand, date) in told.items():
            text = HEADER.format(notebook=notebook, hand=hand, date=date)
            (tmp_path / side / f"{name}.xml").write_text(text, "utf-8")
        (tmp_path / side / "spread.1.txt").write_text("да", "utf-8")
    return pair(tmp_path / "truth", tmp_path / "found", TextRules())[0]


def test_groups_from_the_header(pages: list[Pair]) -> None:
    assert [page.name for page in pages] == ["p1", "p2", "p10", "spread.1"]
    assert groupings(pages, "hand") == (Grouping("hand", {"hand1": (0, 1), "hand2": (2,)}, (3,)),)
    (notebooks,) = groupings(pages, "notebook")
    assert list(notebooks.groups.items()) == [("3", (0, 2)), ("10", (1,))]
    (years,) = groupings(pages, "year")
    assert dict(years.groups) == {"1932": (0, 2), "1933": (1,)}
    assert list(groupings(pages, "date")[0].groups) == ["1932-05", "1932-06", "1933"]
    assert dict(groupings(pages, "style")[0].groups) == {"cursive": (0, 1, 2)}
    assert len(groupings(pages, "page")[0].groups) == 4
    assert dict(groupings(pages, "folder")[0].groups) == {".": (0, 1, 2, 3)}
    with pytest.raises(SettingsError, match="hand, notebook"):
        groupings(pages, "ink")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_groups_from_a_table(pages: list[Pair], tmp_path: Path, mark: str) -> None:
    table = tmp_path / "g.csv"
    rows = [["Рука", "page", "pen"], ["А", "p1.jpg", "nib"], ["", "p2", "nib"], ["Б", "spread.1", "ball"]]
    table.write_text("\ufeff" + "\n".join(mark.join(row) for row in rows) + "\n\n", "utf-8")
    hands, pens = groupings(pages, str(table))
    assert hands == Grouping("Рука", {"А": (0,), "Б": (3,)}, (1, 2))
    assert pens == Grouping("pen", {"ball": (3,), "nib": (0, 1)}, (2,))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"page\np1", "first row"),
        (b"page,hand,hand\np1,a,b", "first row"),
        (b"page,hand\np1", "row 2"),
        (b"page,hand\np1,a\np1,b", "told before"),
        (b"page,hand\nq7,a", "none of the pages"),
        ("page,hand\np1,рука".encode("cp1251"), "UTF-8"),
        (b'page,hand\n"p1,a', "no table"),
    ],
)
def test_tables_that_say_nothing_are_refused(
    pages: list[Pair], tmp_path: Path, content: bytes, why: str
) -> None:
    (tmp_path / "g.csv").write_bytes(content)
    with pytest.raises(SettingsError, match=why):
        groupings(pages, str(tmp_path / "g.csv"))
    with pytest.raises(SettingsError, match="cannot be read"):
        groupings(pages, str(tmp_path / "absent.csv"))
