"""What notebook.toml says: read, refused, written into headers, renewed there and nowhere else."""

import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections.changes import AcceptLine, Change, CorrectLine, edit
from ocr.corrections.notebook import with_notebook
from ocr.corrections.renew import renew
from ocr.corrections.tokens import Token
from ocr.errors import SettingsError
from ocr.formats.metadata import metadata_of
from ocr.page import Page
from ocr.tei.notebook import FILE, Notebook, load_notebook, notebook_of
from ocr.tei.parse import parse_tei
from ocr.tei.seal import is_changed, kept_digests, part_digests
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.made_pages import pages

TEI_ALL = Path(__file__).parents[2] / ".." / "shared" / "tei" / "tei_all.rng"
FULL = Notebook(
    "Тетрадь & <прочее>",
    "И. О. Фамилия",
    "1931/1933-05",
    "ГАКК",
    "595",
    "1",
    "2а",
    "12–14",
    "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
    ("писарь", "другой"),
    "Копия.",
)
_said = st.sampled_from(["", "", "слово", "<&>\"'", "1932", "1932-05/1933", "http://a.example/?b&c"])
notebooks = st.builds(
    Notebook,
    **{
        f.name: st.lists(_said.filter(bool), max_size=2).map(tuple) if f.name == "hands" else _said
        for f in fields(Notebook)
    },
)


@given(pages(), notebooks, notebooks)
@settings(max_examples=40, deadline=None)
def test_a_header_is_renewed_and_nothing_else(page: Page, first: Notebook, second: Notebook) -> None:
    bare = to_tei(page)
    one = with_notebook(bare, first)
    two = with_notebook(one, second)
    assert two == with_notebook(bare, second)
    assert with_notebook(two, second) == two
    assert with_notebook(two, Notebook()) == bare
    assert two.partition(b"</teiHeader>")[2] == bare.partition(b"</teiHeader>")[2]
    root = load(two)
    assert problems_of(root) == []
    assert not is_changed(root), "what notebook.toml says is nobody's correction"
    assert part_digests(root) == kept_digests(root)
    assert parse_tei(two) == page


def test_a_corrected_record_keeps_its_bytes_and_what_its_notebook_says() -> None:
    page = GOLDEN_PAGES["marks"]
    said = with_notebook(to_tei(page), FULL)
    change: list[Change] = [CorrectLine("s1_r1_l1", (Token("РУКА"),)), AcceptLine("s1_r1_l1")]
    corrected = edit(said, change, "И. Ф.", "2026-11-26")
    assert with_notebook(corrected, FULL) == corrected
    other = Notebook(title="Другая")
    renewed = with_notebook(corrected, other)
    assert renewed == edit(with_notebook(to_tei(page), other), change, "И. Ф.", "2026-11-26")
    for result in (renew(corrected, page), renew(said, page)):
        assert with_notebook(result, FULL).count("ГАКК".encode()) == 1
    assert renew(corrected, page).count("ГАКК".encode()) == 1, "redo keeps it by itself"


def test_line_ends_and_encoding_of_a_file_stay() -> None:
    odd = to_tei(GOLDEN_PAGES["marks"]).decode().replace("\n", "\r\n").encode("utf-16")
    odd = odd.decode("utf-16").replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    said = with_notebook(odd, FULL)
    assert with_notebook(said, Notebook()) == odd
    assert "\n" not in said.decode("utf-16").replace("\r\n", "")


def test_what_is_said_groups_pages_for_comparison(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(with_notebook(to_tei(GOLDEN_PAGES["marks"]), FULL))
    told = metadata_of(path)
    assert (told["hand"], told["date"], told["year"]) == ("писарь + другой", "1931/1933-05", "1931")
    assert (told["fond"], told["delo"]) == ("595", "2а")


def test_the_nearest_file_holds(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / FILE).write_text('title = "вся"\nfond = 5\n', "utf-8")
    assert notebook_of(inner / "1.jpg") == Notebook(title="вся", fond="5")
    (tmp_path / "a" / FILE).write_text('\ufefftitle = "a"\ndates = 1932-05-17\nhands = "одна"\n', "utf-8")
    assert notebook_of(inner / "1.jpg") == Notebook(title="a", dates="1932-05-17", hands=("одна",))
    assert notebook_of(tmp_path / "1.jpg").title == "вся"


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("titel = 'a'", "Did you mean 'title'"),
        ("qqq = 'a'", "Known: title, author"),
        ("title = ['a']", "'title' wants a text"),
        ("fond = 1.5", "'fond' wants a text"),
        ("hands = [['a']]", "a list of texts"),
        ("hands = true", "a list of texts"),
        ("title = 'a", "is not TOML"),
        ("[title]\na = 1", "'title' wants a text"),
        (b"title = '\xff'", "is not TOML"),
    ],
)
def test_a_slip_is_named_with_file_and_key(tmp_path: Path, held: str | bytes, said: str) -> None:
    path = tmp_path / FILE
    path.write_bytes(held if isinstance(held, bytes) else held.encode())
    with pytest.raises(SettingsError, match=r"notebook\.toml") as refused:
        load_notebook(path)
    assert said in str(refused.value)


def test_tei_admits_what_is_said(tmp_path: Path) -> None:
    jing = shutil.which("jing")
    if not TEI_ALL.exists() or jing is None:
        pytest.skip("needs ../shared/tei/tei_all.rng and jing")
    record = to_tei(GOLDEN_PAGES["marks"])
    every = [FULL, *(Notebook(**{f.name: getattr(FULL, f.name)}) for f in fields(Notebook))]
    files = []
    for number, notebook in enumerate(every):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_bytes(with_notebook(record, notebook))
    done = subprocess.run([jing, TEI_ALL, *files], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
