"""The index of the site: what words are compared by, and that parts together are the whole."""

import json
import re
from pathlib import Path

import pytest

from ocr.exports import site_search
from ocr.exports.reading import ExportSettings
from ocr.exports.site_page import SitePage, lines_of
from ocr.exports.site_search import SearchIndex
from ocr.search.folding import key_of
from tests.exports.readback import page_of
from tests.exports.records import record_of
from tests.search.collection import SPELLINGS


@pytest.mark.parametrize(("old", "new"), SPELLINGS)
def test_old_spelling_is_found_by_new_as_in_the_search_of_records(old: str, new: str) -> None:
    (part,) = _parts(_index(old))
    assert key_of(new) in part
    assert key_of(old) in part


def _index(*texts: str) -> dict[str, str]:
    files: dict[str, str] = {}

    def write(name: str, content: bytes) -> None:
        files[name] = content.decode()

    with SearchIndex(write) as index:
        for number, text in enumerate(texts):
            page = page_of(record_of(text))
            width, height, lines = lines_of(page, ExportSettings())
            index.add(SitePage(page.view, "т", "н", f"{number}.html", "", width, height, lines))
        index.write_all()
    return files


def _parts(files: dict[str, str]) -> list[dict[str, str]]:
    numbers = sorted(int(name) for file in files if (name := Path(file).stem).isdecimal())
    return [json.loads(re.sub(r"^SITE\.part\(\d+,|\);\n$", "", files[f"search/{n}.js"])) for n in numbers]


def test_places_of_a_word_and_of_its_other_readings() -> None:
    (part,) = _parts(_index("раз два\nдва", "два"))
    assert part["два"] == "0:0.1-0_51,1.0-0_52;1:0.0-0_50"
    assert part["зар"] == "0:0.0-1~25"


def test_a_word_that_goes_on_in_the_next_line_is_whole_too() -> None:
    (part,) = _parts(_index("боро-\nзды"))
    assert part["борозды"] == "0:0.0-0_26"
    assert not {"боро", "зды"} & part.keys()  # no half is a word


def test_cut_into_parts_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"слово{n % 7} и ещё{n} и" for n in range(40)]
    (whole,) = _parts(_index(*texts))
    monkeypatch.setattr(site_search, "PART_BYTES", 60)
    files = _index(*texts)
    parts = _parts(files)
    assert len(parts) > 5
    joined: dict[str, str] = {}
    for part in parts:
        for key, places in part.items():
            joined[key] = f"{joined[key]};{places}" if key in joined else places
    assert joined == whole
    contents = json.loads(re.sub(r"^SITE\.contents\(|\);\n$", "", files["search/parts.js"]))
    assert contents["firsts"] == [next(iter(part)) for part in parts]
    assert contents["firsts"] == sorted(contents["firsts"])
    assert contents["pages"] == 40
