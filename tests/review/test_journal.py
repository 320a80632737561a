"""Nothing a reviewer saved is lost: crashes, full disks, other programs, several clients."""

import errno
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ocr.corrections.changes import AcceptLine, Change, CorrectLine, MergeLines, SetPageState, edit
from ocr.corrections.session import line_states
from ocr.corrections.spans import Document
from ocr.corrections.tokens import Token, line_break, line_tokens
from ocr.errors import OutputError, RecordError
from ocr.files import sha256_of
from ocr.geometry import Box, Point
from ocr.page import Line, Page, Reading, Region, Source, Step, Surface, Word
from ocr.review import journal as room
from ocr.review.journal import Journal, journal_path
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.tei.edits import taken_back

LINES, WORDS = 5, 4
WHEN = "2026-11-22T10:00:00+00:00"


def _page() -> Page:
    lines = []
    for n in range(LINES):
        top = 50 + 60 * n
        held = tuple(
            Word(f"слово{n}{i},", Box(50 + 100 * i, top, 130 + 100 * i, top + 40), 0.5) for i in range(WORDS)
        )
        outline = Box(40, top, 500, top + 40).outline()
        lines.append(
            Line(outline, (Point(40, top + 30), Point(500, top + 30)), readings=(Reading("eye", held),))
        )
    region = Region(Box(30, 30, 600, 500).outline(), tuple(lines))
    source = Source("a.jpg", "ab" * 32, 700, 600, "image/jpeg")
    return Page(
        "a", source, (Surface(Box(0, 0, 700, 600), (region,)),), (Step("eye", "Eye", "1", reads=True),)
    )


RECORD = to_tei(_page())


def name(line: int) -> str:
    return f"s1_r1_l{line + 1}"


def words(content: bytes, line: int) -> list[Token]:
    doc = Document(content)
    return list(line_tokens(doc, line_break(doc, name(line))).tokens)


def text(content: bytes, line: int) -> str:
    return " ".join(token.text for token in words(content, line))


def retyped(content: bytes, line: int, at: int, said: str) -> CorrectLine:
    tokens = words(content, line)
    tokens[at] = replace(tokens[at], text=said)
    return CorrectLine(name(line), tuple(tokens))


def save(page: Path, *changes: Change, who: str = "Первая") -> bytes:
    journal = Journal(page)
    held = journal.current()
    saved = journal.save({sha256_of(held.content)}, changes, who, WHEN)
    assert saved is not None
    assert page.read_bytes() == saved.content
    return saved.content


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "a.xml"
    path.write_bytes(RECORD)
    return path


def test_what_is_saved_is_in_the_file_and_in_the_journal(page: Path) -> None:
    save(page, retyped(RECORD, 0, 1, "иное"))
    content = save(page, retyped(page.read_bytes(), 0, 2, "третье"), who="Вторая")
    assert text(content, 0) == "слово00, иное третье слово03,"
    past = Journal(page).history(name(0))
    assert [(p.who, p.text) for p in past] == [
        ("", "слово00, слово01, слово02, слово03,"),
        ("Первая", "слово00, иное слово02, слово03,"),
        ("Вторая", "слово00, иное третье слово03,"),
    ]
    assert [p.when for p in past] == ["", WHEN, WHEN]
    restored = save(page, CorrectLine(name(0), past[1].tokens))
    assert text(restored, 0) == past[1].text


def test_an_old_version_is_not_written_on(page: Path) -> None:
    old = sha256_of(RECORD)
    new = save(page, retyped(RECORD, 0, 1, "иное"))
    assert Journal(page).save({old}, [AcceptLine(name(1))], "Вторая", WHEN) is None
    assert page.read_bytes() == new


def test_reading_alone_leaves_no_trace(page: Path) -> None:
    assert Journal(page).current().content == RECORD
    assert list(page.parent.iterdir()) == [page]


def test_a_save_cut_off_before_the_file_is_ended(page: Path) -> None:
    first = save(page, retyped(RECORD, 0, 1, "иное"))
    second = save(page, retyped(first, 2, 0, "другое"), AcceptLine(name(2)))
    page.write_bytes(first)  # the journal was written, the file was not
    assert Journal(page).current().content == second
    assert page.read_bytes() == second


def test_an_entry_cut_off_is_dropped(page: Path) -> None:
    first = save(page, retyped(RECORD, 0, 1, "иное"))
    path = journal_path(page)
    whole = path.read_bytes()
    save(page, retyped(first, 1, 1, "потеряно"))
    longer = path.read_bytes()
    for cut in range(len(whole), len(longer), 37):
        path.write_bytes(longer[:cut])
        page.write_bytes(first)
        assert Journal(page).current().content == first
        assert path.read_bytes() == whole
    assert text(save(page, retyped(first, 1, 1, "снова")), 1).split()[1] == "снова"


def test_a_damaged_journal_is_told(page: Path) -> None:
    save(page, retyped(RECORD, 0, 1, "иное"))
    journal_path(page).write_bytes(b'{"entry":"what"}\n')
    with pytest.raises(RecordError, match="Move it away"):
        Journal(page).current()


def test_another_program_that_started_from_the_newest(page: Path) -> None:
    first = save(page, retyped(RECORD, 0, 1, "иное"))
    theirs = first.replace("слово20".encode(), "ЧУЖОЕ".encode())
    page.write_bytes(theirs)
    assert Journal(page).current().content == theirs
    assert text(save(page, retyped(theirs, 2, 1, "наше")), 2) == "ЧУЖОЕ, наше слово22, слово23,"


def test_another_program_that_started_from_an_old_version(page: Path) -> None:
    save(page, retyped(RECORD, 0, 1, "иное"))
    save(page, retyped(page.read_bytes(), 2, 1, "наше"), AcceptLine(name(2)), SetPageState("corrected"))
    page.write_bytes(RECORD.replace("слово20".encode(), "ЧУЖОЕ".encode()))
    held = Journal(page).current()
    assert not held.conflicts
    assert text(held.content, 0) == "слово00, иное слово02, слово03,"
    assert text(held.content, 2) == "ЧУЖОЕ, наше слово22, слово23,"
    assert line_states(Document(held.content))[name(2)][0] == "corrected"
    assert problems_of(load(held.content)) == []
    assert Journal(page).current() == held


def test_one_word_changed_by_both_is_kept_twice(page: Path) -> None:
    save(page, retyped(RECORD, 0, 1, "наше"))
    page.write_bytes(RECORD.replace("слово01".encode(), "ЧУЖОЕ".encode()))
    held = Journal(page).current()
    assert text(held.content, 0) == "слово00, наше слово02, слово03,"
    (conflict,) = held.conflicts
    assert [t.text for t in conflict.theirs] == ["слово00,", "ЧУЖОЕ,", "слово02,", "слово03,"]
    assert [(c.who, c.why, c.theirs[1].text) for c in Journal(page).conflicts().values()] == [
        ("Первая", conflict.why, "ЧУЖОЕ,")
    ]


def test_a_conflict_is_told_until_a_person_has_chosen(page: Path) -> None:
    save(page, retyped(RECORD, 0, 1, "наше"), retyped(RECORD, 2, 1, "наше"))
    page.write_bytes(
        RECORD.replace("слово01".encode(), "ЧУЖОЕ".encode()).replace("слово21".encode(), "ЧУЖОЕ".encode())
    )
    journal = Journal(page)
    held = journal.current()
    assert list(journal.conflicts()) == [0, 1]
    journal.settle([0], "Вторая", WHEN)
    assert list(journal.conflicts()) == list(Journal(page).conflicts()) == [1]
    assert Journal(page).current() == replace(held, conflicts=())
    save(page, retyped(page.read_bytes(), 1, 1, "дальше"))
    assert list(Journal(page).conflicts()) == [1]


def test_a_line_another_program_took_out(page: Path) -> None:
    save(page, retyped(RECORD, 4, 1, "наше"))
    at = RECORD.index(b'\n<lb n="5"')
    page.write_bytes(RECORD[:at] + RECORD[RECORD.index(b"</ab>") :])
    held = Journal(page).current()
    assert [c.why for c in held.conflicts] == ["The line is no longer in the file."]


def test_another_program_that_left_no_tei(page: Path) -> None:
    first = save(page, retyped(RECORD, 0, 1, "иное"))
    page.write_bytes(b"<TEI")
    with pytest.raises(RecordError, match="well-formed"):
        Journal(page).current()
    page.write_bytes(first)
    assert Journal(page).current().content == first


@pytest.mark.parametrize("step", ["journal", "file"])
def test_a_full_disk_is_told_and_leaves_all_as_it_was(
    page: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = save(page, retyped(RECORD, 0, 1, "иное"))
    before = journal_path(page).read_bytes()
    real, calls = os.fsync, list[int]()

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == (1 if step == "journal" else 2):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    journal = Journal(page)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="disk is full"):
        journal.save({sha256_of(first)}, [retyped(first, 1, 1, "нет")], "Первая", WHEN)
    monkeypatch.setattr(os, "fsync", real)
    assert page.read_bytes() == first
    assert journal_path(page).read_bytes() == before
    saved = journal.save({sha256_of(first)}, [retyped(first, 1, 1, "да")], "Первая", WHEN)
    assert saved is not None
    assert Journal(page).current() == saved


def test_a_closed_folder_is_told(page: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    page.parent.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="permission"):
            Journal(page).save({sha256_of(RECORD)}, [AcceptLine(name(0))], "Первая", WHEN)
    finally:
        page.parent.chmod(0o755)


def test_a_change_that_cannot_be_made_writes_nothing(page: Path) -> None:
    with pytest.raises(RecordError, match="joined"):
        Journal(page).save(
            {sha256_of(RECORD)}, [AcceptLine(name(0)), MergeLines(name(0), name(3))], "Первая", WHEN
        )
    assert page.read_bytes() == RECORD


said = st.text(st.sampled_from("абвгдеѣѳX-«»,.<&\"'"), min_size=1, max_size=7)


class Desk(RuleBasedStateMachine):
    """Two clients, one of them often late, and an editor that knows nothing of them.

    `shadow` is the file as the other editor alone would have left it, `expected` the words all wanted.
    """

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.page = Path(self.folder.name) / "a.xml"
        self.page.write_bytes(RECORD)
        self.shadow = RECORD
        self.clients = [(Journal(self.page), RECORD), (Journal(self.page), RECORD)]
        self.versions = [RECORD]
        self.expected = {n: [t.text for t in words(RECORD, n)] for n in range(LINES)}
        self.touched: set[int] = set()
        self.edits = 0

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def _save(self, client: int, line: int, change: "list[Change] | None", at: int, new: str) -> bytes:
        """As the browser does: try what is known; when it is stale, load the page and try again."""
        journal, known = self.clients[client]
        for _ in range(2):
            changes = change or [retyped(known, line, at % len(words(known, line)), new)]
            saved = journal.save({sha256_of(known)}, changes, f"Клиент {client}", WHEN)
            if saved is not None:
                break
            known = journal.current().content
        assert saved is not None
        self.clients[client] = (journal, saved.content)
        self.versions.append(saved.content)
        self.edits += 1
        return saved.content

    @rule(client=st.integers(0, 1), line=st.integers(0, LINES - 1), at=st.integers(0, 9), new=said)
    def correct(self, client: int, line: int, at: int, new: str) -> None:
        self._save(client, line, None, at, new)
        self.expected[line][at % len(self.expected[line])] = new
        self.touched.add(line)

    @rule(client=st.integers(0, 1), line=st.integers(0, LINES - 1))
    def accept(self, client: int, line: int) -> None:
        content = self._save(client, line, [AcceptLine(name(line))], 0, "")
        assert line_states(Document(content))[name(line)][0] == "corrected"

    @rule(back=st.integers(0, 6), line=st.integers(0, LINES - 1), at=st.integers(0, WORDS - 1))
    def other_program(self, back: int, line: int, at: int) -> None:
        """Types over a word on a line that no client has touched, from a version that may be old."""
        old = self.versions[max(len(self.versions) - 1 - back, 0)]
        word = f"слово{line}{at}"
        before, after = f">{word}<".encode(), f">Слово{line}{at}{len(self.versions)}<".encode()
        if line in self.touched or before not in self.shadow or before not in old:
            return
        spelt = [n for n in self.versions[max(len(self.versions) - 1 - back, 0) :] if before not in n]
        if spelt:
            return  # it would take back what it did itself
        self.page.write_bytes(old.replace(before, after))
        self.shadow = self.shadow.replace(before, after)
        self.expected[line][at] = after.decode()[1:-1] + ","
        self.edits += 1
        self.versions = [self.clients[0][0].current().content]

    @rule()
    def crash(self) -> None:
        """The last save got as far as the journal only; the server starts again."""
        if len(self.versions) > 1 and self.page.read_bytes() == self.versions[-1]:
            self.page.write_bytes(self.versions[-2])
        self.clients = [(Journal(self.page), known) for _, known in self.clients]

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "page"):
            return
        content = self.clients[0][0].current().content
        assert content == self.page.read_bytes()
        assert problems_of(load(content)) == []
        for line, wanted in self.expected.items():
            assert [t.text for t in words(content, line)] == wanted
        assert taken_back(content) == taken_back(self.shadow)
        left = {path.name for path in self.page.parent.iterdir()}
        assert left <= {"a.xml", ".a.review.jsonl", ".a.review.lock"}


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=5, stateful_step_count=45, deadline=None)


def test_many_edits_begin_a_new_base(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_EDITS_PER_BASE", 3)
    content = RECORD
    for n in range(8):
        content = save(page, retyped(content, n % LINES, 1, f"с{n}"))
    assert journal_path(page).read_bytes().count(b'"entry":"base"') == 3
    page.write_bytes(content.replace("слово00".encode(), "ЧУЖОЕ".encode()))
    assert text(Journal(page).current().content, 0).startswith("ЧУЖОЕ, с5")
    assert edit(content, AcceptLine(name(0), "draft"), "Первая", WHEN) == content


def test_a_link_in_place_of_a_journal_is_neither_read_nor_cut_nor_written(page: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("one line without an end", "utf-8")
    journal_path(page).symlink_to(mine)
    with pytest.raises(OutputError, match="a link lies there"):
        Journal(page).current()
    with pytest.raises(OutputError, match="a link lies there"):
        Journal(page).save({sha256_of(RECORD)}, [AcceptLine(name(0))], "А. Б.", WHEN)
    assert mine.read_text("utf-8") == "one line without an end"
    assert page.read_bytes() == RECORD
