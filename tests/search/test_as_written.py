"""Records read by patterns: what is read so says the same as the tree, and all that our writer spells is."""

import time
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.errors import RecordError
from ocr.page import Page
from ocr.search import record
from ocr.search.as_written import read_as_written
from ocr.search.record import SearchPage, search_page
from ocr.tei.write import to_tei
from tests.search.collection import record as drawn
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.made_pages import pages


def _outcome(content: bytes) -> SearchPage | str:
    try:
        return search_page(content)
    except RecordError as error:
        return str(error)


def _by_tree(content: bytes) -> SearchPage | str:
    with mock.patch.object(record, "read_as_written", return_value=None):
        return _outcome(content)


@pytest.mark.parametrize("name", sorted(GOLDEN_PAGES))
def test_what_our_writer_spells_is_read_without_a_tree(name: str) -> None:
    content = to_tei(GOLDEN_PAGES[name])
    shown = _by_tree(content)
    assert isinstance(shown, SearchPage)
    assert (read_as_written(content) is not None) == (bool(shown.lines) and b"&" not in _text(content))


def _text(content: bytes) -> bytes:
    return content.partition(b"<text>")[2]


@given(pages())
@settings(deadline=None)
def test_it_says_what_the_tree_says(page: Page) -> None:
    content = to_tei(page)
    assert _outcome(content) == _by_tree(content)
    if b"&" not in _text(content) and search_page(content).lines:
        assert read_as_written(content) is not None


_SEEDS = [to_tei(page) for page in GOLDEN_PAGES.values()]
_PIECES = [
    *(
        b" ",
        b"\n",
        b"<",
        b">",
        b"&amp;",
        b"&",
        b'"',
        b"\xff",
        b"\xc2\xa0",
        b"\r\n",
        b"<!-- x -->",
        b"<?x y?>",
    ),
    *(b"<w>", b"</w>", b"<w> </w>", b"<w/>", b"<w>a<w>b</w></w>", b"<pc>.</pc>", b"<choice>", b"</choice>"),
    *(
        b"<unclear>",
        b"</unclear>",
        b'<unclear cert="0.2">x</unclear>',
        b"<lb/>",
        b"<pb/>",
        b"<p>",
        b"<note>x</note>",
    ),
    *(
        b"<gap/>",
        b"<hi>",
        b"</hi>",
        b"<text>",
        b"</text>",
        b"</TEI>",
        b"<![CDATA[<w>a</w>]]>",
        b"<!DOCTYPE TEI>",
    ),
    *(b"<respStmt><name>A</name></respStmt>", b' xmlns="x"', b' cert="2"', b' cert="high"', b"<sourceDoc/>"),
]


@given(
    content=st.sampled_from(_SEEDS),
    changes=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from([b"", *_PIECES])), max_size=3
    ),
    is_at_tag=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_whatever_is_put_in_it_says_what_the_tree_says(
    content: bytes, changes: list[tuple[float, int, bytes]], *, is_at_tag: bool
) -> None:
    for where, length, piece in changes:
        begin = content.find(b"<text>") if where > 0.2 else 0
        at = begin + int((len(content) - begin) * where)
        if is_at_tag:
            at = max(content.find(b"<", at), 0)
        content = content[:at] + piece + content[at + length * (not is_at_tag) :]
    assert _outcome(content) == _by_tree(content)


_LETTER = '<unclear reason="ocr_letter" cert="0.1">a</unclear>'


@pytest.mark.parametrize(
    "piece",
    ["a", "<hi>a</hi>", "<pc>.</pc>", _LETTER, f"<choice>{_LETTER}</choice>", "<x/>", "<w>a</w>", "<w>"],
)
def test_no_text_takes_long(piece: str) -> None:
    """The patterns do not go over the same twice, whatever stands there."""
    content = drawn([["домъ"]])
    begin = time.process_time()
    for more in (piece * 20_000, f"{piece * 20_000}<y/>"):
        _outcome(content.replace("домъ".encode(), more.encode()))
        _outcome(content.replace(b"<lb ", more.encode() + b"<lb ", 1))
    assert time.process_time() - begin < 5
