"""What notebook.toml says, written into records."""

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections.changes import AcceptLine, Change, CorrectLine, edit
from ocr.corrections.notebook import with_notebook
from ocr.corrections.renew import renew
from ocr.corrections.tokens import Token
from ocr.page import Page
from ocr.tei.notebook import Notebook
from ocr.tei.parse import parse_tei
from ocr.tei.seal import is_changed, kept_digests, part_digests
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.made_pages import pages
from tests.tei.test_notebook import FULL

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
