"""A record changed in one place: what is written, that it is valid, and that nothing else moved."""

import codecs
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections import spans
from ocr.corrections.changes import (
    AcceptLine,
    AcceptWords,
    AddLine,
    Change,
    CorrectLine,
    MergeLines,
    MoveBaseline,
    RedrawOutline,
    RemoveLine,
    Reorder,
    RereadLine,
    SetKind,
    SetPageState,
    SplitLine,
    edit,
)
from ocr.corrections.renew import renew
from ocr.corrections.session import line_states
from ocr.corrections.spans import Document, document
from ocr.corrections.tokens import MARKS, Gap, Token, line_break, line_name
from ocr.errors import RecordError
from ocr.geometry import Box, Point
from ocr.page import Kind, Page, Reading, Rival, Step, Word
from ocr.tei.parse import parse_tei
from ocr.tei.seal import is_corrected
from ocr.tei.tree import load
from ocr.tei.write import to_tei
from tests.corrections.edits import (
    MARKED,
    POINTS,
    WHEN,
    WHO,
    L,
    all_words,
    corrected,
    good,
    lines_of_tokens,
    without_header,
    words,
)
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.lines import text_lines
from tests.tei.made_pages import pages

SHARED = Path(__file__).parents[2] / ".." / "shared" / "tei"


def test_a_run_of_the_machine_keeps_the_corrections(tmp_path: Path) -> None:
    page = GOLDEN_PAGES["marks"]
    content = corrected(to_tei(page), f"{L}1", 1, text="объявлен")
    content = corrected(content, f"{L}2", 2, text="слова")
    path = tmp_path / "page.xml"
    path.write_bytes(content)
    assert is_corrected(path)
    renewed = renew(content, page, when=WHEN)
    texts = {line.zone: line.text for line in text_lines(good(renewed))}
    assert texts[f"{L}1"] == "«Кризис», объявлен рево-"
    assert texts[f"{L}2"].endswith("слова")
    assert renewed.count(b'<lem resp="#rev1"') == 2
    readings = parse_tei(renewed).surfaces[0].regions[0].lines[0].readings
    assert [(r.by, r.text) for r in readings] == [
        ("tesseract", "«Кризис», об'явлен рево-"),
        ("rev1", "«Кризис», объявлен рево-"),
    ]


def recoded(content: bytes, name: str, codec: str, bom: bytes = b"") -> bytes:
    text = content.decode().replace('encoding="UTF-8"', f'encoding="{name}"')
    return bom + text.encode(codec, "xmlcharrefreplace")


def dressed(content: bytes) -> bytes:
    """As an XML editor may leave it: other line ends, comments, quotes, order of attributes, prefix."""
    text = content.decode().replace("\n", "\r\n").replace('<ab type="text"', "<ab  n='§ 1'\ttype = 'text'")
    text = text.replace(
        '<w facs="#s1_r1_l1_w2" cert="0.4">', "<!-- тут --><w cert = '0.4' facs=\"#s1_r1_l1_w2\" >"
    )
    text = text.replace("нет</w>", "<![CDATA[нет]]></w >")
    text = re.sub(r"(</?)(?=[A-Za-z])", r"\1t:", text).replace("xmlns=", "xmlns:t=")
    return text.encode()


@pytest.mark.parametrize(
    "content",
    [
        dressed(MARKED),
        recoded(MARKED, "windows-1251", "windows-1251"),
        recoded(MARKED, "UTF-16", "utf-16-le", codecs.BOM_UTF16_LE),
        codecs.BOM_UTF8 + MARKED,
    ],
    ids=["dressed", "windows-1251", "utf-16", "bom"],
)
def test_files_of_other_editors_keep_their_dress(content: bytes) -> None:
    doc = Document(good(content))
    new = good(corrected(content, f"{L}1", 1, text="ѣсть"))
    after = Document(new)
    assert words(new, f"{L}1")[1].text == "ѣсть"
    assert (after.bom, after.encoding) == (doc.bom, doc.encoding)
    for tag in ("teiHeader", "facsimile"):
        a, b = (next(e for e in d.root.children if e.name == tag) for d in (doc, after))
        if tag == "facsimile":
            assert after.spelt(b) == doc.spelt(a)
    last = [d.text[line_break(d, f"{L}2").start :] for d in (doc, after)]
    assert last[0] == last[1]
    start = [d.text[d.text.index("pb ") : line_break(d, f"{L}1").end] for d in (doc, after)]
    assert start[0] == start[1]
    kept = [d.text[d.text.index("рево") :] for d in (doc, after)]
    assert kept[0] == kept[1]


READING = Reading(
    "tesseract",
    (Word("новое", Box(0, 0, 10, 10), 0.4, rivals=(Rival("иное", 0.2),)), Word("«чтение».", None, 0.9)),
    0.7,
)


STEP = Step("psm", "Tesseract (psm 7)", "5.3", (("psm", "7"),), reads=True)


SEGMENTS: list[Change] = [
    SplitLine(f"{L}1", 1),
    SplitLine(f"{L}8", 1),
    SplitLine(f"{L}1", 0, (Point(100, 0), Point(100, 50))),
    SplitLine(f"{L}1", 3, (Point(0, 15), Point(300, 15))),
    MergeLines(f"{L}1", f"{L}2"),
    MergeLines(f"{L}4", f"{L}5"),
    MergeLines(f"{L}5", f"{L}6"),
    MoveBaseline(f"{L}4", (Point(0, 5), Point(1e6, 5))),
    MoveBaseline(f"{L}1", (Point(0, 5), Point(300, 5))),
    RedrawOutline(f"{L}1", POINTS),
    AddLine("s1_r1", None, POINTS, (), "insertion", "забытая строка"),
    AddLine("s1_r1", f"{L}1", POINTS, POINTS[:2], "text", "забытая, строка"),
    AddLine("s1_r1", f"{L}8", POINTS),
    AddLine("s2", None, POINTS, POINTS[:2]),
    *(RemoveLine(f"{L}{n}") for n in range(1, 9)),
    *(SetKind(f"{L}{n}", str(kind)) for n in (1, 3, 6, 8) for kind in Kind),
    Reorder("s1_r1", tuple(f"{L}{n}" for n in (2, 1, 3, 8, 4, 5, 6, 7))),
    Reorder("s1_r1", tuple(f"{L}{n}" for n in (3, 1, 2, 8, 4, 5, 6, 7))),
    *(RereadLine(f"{L}{n}", READING, STEP) for n in (1, 4, 5, 6, 8)),
]


@pytest.mark.parametrize("change", SEGMENTS, ids=lambda c: type(c).__name__)
def test_lines_mended(change: Change) -> None:
    content = good(edit(MARKED, change, WHO, WHEN))
    assert b"</respStmt>" in content or content == MARKED
    if isinstance(change, SplitLine | SetKind | MoveBaseline | RedrawOutline):
        assert all_words(content) == all_words(MARKED)
    if isinstance(change, Reorder):
        assert sorted(all_words(content)) == sorted(all_words(MARKED))
        numbers = [[line.n for line in text_lines(c)] for c in (content, MARKED)]
        assert numbers[0] == numbers[1]
        order = [line.zone for line in text_lines(content)]
        assert order == list(change.lines)
    if isinstance(change, MoveBaseline | RedrawOutline):
        text = [c[c.index(b"<text>") :] for c in (content, MARKED)]
        assert text[0] == text[1]
    parse_tei(content)
    renewed = good(renew(content, GOLDEN_PAGES["marks"]))
    if not isinstance(change, SetKind):
        kept = [[(line.zone, line.text) for line in text_lines(c)] for c in (content, renewed)]
        assert kept[0] == kept[1]


def test_a_correction_and_its_acceptance_are_written_as_one_after_the_other() -> None:
    tokens = tuple(replace(token, text="иное") for token in words(MARKED, f"{L}1"))
    for state in ("corrected", "verified"):
        accepted = [AcceptLine(f"{L}{n}", state) for n in (1, 2)]
        changes: list[Change] = [CorrectLine(f"{L}1", tokens), *accepted]
        one_by_one = MARKED
        for change in changes:
            one_by_one = edit(one_by_one, change, WHO, WHEN)
        at_once = good(edit(MARKED, changes, WHO, WHEN))
        assert without_header(at_once) == without_header(one_by_one)
        assert line_states(Document(at_once)) == line_states(Document(one_by_one))


@given(pages(), st.data())
@settings(max_examples=25, deadline=None)
def test_any_row_of_changes_leaves_a_valid_record(page: Page, data: st.DataObject) -> None:
    content = to_tei(page)
    for _ in range(4):
        doc = Document(content)
        names = [line_name(doc, lb) for lb in doc.lines]
        if not names:
            break
        line = data.draw(st.sampled_from(names))
        count = len(words(content, line))
        following = names.index(line) + 1
        choices: list[Change] = [
            SplitLine(line, data.draw(st.integers(0, count))),
            MergeLines(line, names[following] if following < len(names) else line),
            SetKind(line, str(data.draw(st.sampled_from(Kind)))),
            MoveBaseline(line, POINTS[:3]),
            RereadLine(line, READING, STEP),
            CorrectLine(line, tuple(data.draw(lines_of_tokens(words(content, line))))),
            AcceptLine(line, data.draw(st.sampled_from(["draft", "corrected", "verified"]))),
            AddLine(line.rpartition("_l")[0], line, POINTS, (), "text", "новая строка"),
            RemoveLine(line),
        ]
        before = all_words(content)
        change = data.draw(st.sampled_from(choices))
        try:
            content = edit(content, change, data.draw(st.sampled_from([WHO, "Вторая"])), WHEN)
        except RecordError:
            continue
        good(content)
        if isinstance(change, SplitLine | SetKind | AcceptLine):
            assert all_words(content) == before
    parse_tei(content)
    good(renew(content, page))


def test_what_is_not_there_is_told() -> None:
    wrong: list[Change] = [CorrectLine("s9", ()), MergeLines(f"{L}1", f"{L}3"), Reorder("s1_r1", (f"{L}1",))]
    for change in wrong:
        with pytest.raises(RecordError, match=r"[A-Z].*\.$"):
            edit(MARKED, change, WHO, WHEN)
    with pytest.raises(RecordError, match="name of who"):
        edit(MARKED, AcceptLine(f"{L}1"), " ", WHEN)


def test_what_is_written_is_tei(tmp_path: Path) -> None:
    jing = shutil.which("jing")
    if not (SHARED / "tei_all.rng").exists() or jing is None:
        pytest.skip("needs ../shared/tei/tei_all.rng and jing")
    marked: list[Change] = [
        CorrectLine(f"{L}1", tuple(Token(f"сло{m}.", marks=(m,), expan="слово" if m == "abbr" else None)
                                   for m in MARKS)),
        CorrectLine(f"{L}2", (Token("", gap=Gap("illegible", 3)), Token("«а»", marks=MARKS))),
        AcceptLine(f"{L}1"), AcceptWords(("s1_r1_l8_w1",)), SetPageState("corrected"),
    ]  # fmt: skip
    files = []
    for n, change in enumerate([*marked, *SEGMENTS]):
        files.append(tmp_path / f"{n}.xml")
        files[-1].write_bytes(edit(MARKED, change, WHO, WHEN))
    done = subprocess.run([jing, SHARED / "tei_all.rng", *files], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


def test_who_saves_waits_for_one_parse_and_not_until_the_file_is_ready_to_be_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document(MARKED)
    parsed, scanned = list[bytes](), list[str]()
    scan = spans._scan

    def loaded(content: bytes) -> object:
        parsed.append(content)
        return load(content)

    def scans(text: str) -> spans.Element:
        scanned.append(text)
        return scan(text)

    monkeypatch.setattr(spans, "load", loaded)
    monkeypatch.setattr(spans, "_scan", scans)
    content = edit(MARKED, AcceptLine(f"{L}1"), "Т. Новая", WHEN)
    assert (parsed, scanned) == ([content], [])
    assert line_states(document(content))[f"{L}1"][0] == "corrected"
    assert parsed == [content]
