"""What notebook.toml says: read, refused, written into headers, renewed there and nowhere else."""

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from ocr.corrections.notebook import with_notebook
from ocr.errors import SettingsError
from ocr.formats.metadata import metadata_of
from ocr.tei.notebook import FILE, Notebook, load_notebook, notebook_of
from ocr.tei.validate import validate
from ocr.tei.write import to_tei
from tests.tei.golden.pages import GOLDEN_PAGES

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


def test_the_hand_that_a_notebook_names_stands_before_those_beside_it(tmp_path: Path) -> None:
    page = next(iter(GOLDEN_PAGES.values()))
    notebook = Notebook(hands=("учитель", "Иванов"), hand="Иванов")
    record = with_notebook(to_tei(page), notebook).decode()
    assert "<handNote>Иванов</handNote><handNote>учитель</handNote>" in re.sub(r">\s+<", "><", record)
    (tmp_path / "a.xml").write_text(record, "utf-8")
    assert validate(tmp_path / "a.xml") == []
