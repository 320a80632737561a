"""The journal of a page: every correction is on disk before it is acknowledged, and none is lost.

Beside NAME.xml lies .NAME.review.jsonl, one JSON object a line, only ever appended to. A *base* keeps the
whole file as it was found; an *edit* keeps who changed what and when, with the sha256 of the file before and
after. Saving is: append the edit, fsync, write the file whole (temporary file, fsync, rename, fsync of the
folder). After a crash the file is the old or the new one; if it is the old one, the edit is made again, which
gives the same bytes. If it is neither, another program wrote it: the version it started from is found, what
was corrected since is made again, word by word, and where both changed one word both are kept in the journal.
"""

import contextlib
import os
import threading
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from ocr.corrections.changes import Change, CorrectLine, edit
from ocr.corrections.spans import Document
from ocr.corrections.tokens import Token
from ocr.derived import renew_text
from ocr.errors import OcrError, OutputError, RecordError
from ocr.files import is_read_only, sha256_of, sync, sync_folder, unlinked, why, write_whole
from ocr.locks import locked
from ocr.review.threeway import carried_over, tokens_of
from ocr.review.values import Base, Conflict, Edit, Entry, Settled, UnfitError, entry_json, entry_of
from ocr.tei.tree import read

_EDITS_PER_BASE = 64
"""After so many edits the file is kept whole again, so that finding old versions takes seconds at most."""


def journal_path(page: Path) -> Path:
    """Where the journal of a page lies."""
    return page.with_name(f".{page.stem}.review.jsonl")


@dataclass(frozen=True, slots=True)
class CurrentPage:
    """A page as it is now, with its sha256, and what could not be brought together when another program had
    changed it."""

    content: bytes
    sha: str
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierText:
    """What once stood on a line; who and when are empty for what was there first."""

    when: str
    who: str
    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(token.text for token in self.tokens if token.text)


class Journals:
    """The journals of the pages in work. For many threads."""

    def __init__(self) -> None:
        self._journals: dict[Path, Journal] = {}
        self._others_texts: set[Path] = set()
        self._lock = threading.Lock()

    def of(self, page: Path) -> "Journal":
        """The journal of a page; nothing is written before something is saved."""
        with self._lock:
            return self._journals.setdefault(page, Journal(page))

    def follow(self, page: Path) -> None:
        """What is derived from a page follows it: NAME.txt, unless it is missing or somebody else's."""
        with contextlib.suppress(OcrError):  # the page is saved; the next run makes up for what failed here
            (self._others_texts.discard if renew_text(page) else self._others_texts.add)(page)

    def is_text_anothers(self, page: Path) -> bool:
        """Was NAME.txt left as it is, because somebody else wrote or changed it?"""
        return page in self._others_texts

    def current(self, page: Path, content: bytes) -> CurrentPage:
        """The page as it stands, of the bytes just read: an interrupted save is ended, changes of other
        programs are merged. Where nothing can be written the file is taken as it is.

        OutputError when writing fails all the same; RecordError when file or journal cannot be read.
        """
        if not journal_path(page).exists() or is_read_only(page):
            return CurrentPage(content, sha256_of(content))
        current = self.of(page).current()
        if current.content != content:
            self.follow(page)
        return current


class Journal:
    """The journal of one page. One writer at a time, in this process and in others; a lock sees to it."""

    def __init__(self, page: Path) -> None:
        self._page, self._path = page, journal_path(page)
        self._entries: list[Entry] = []
        self._read = 0

    def current(self) -> CurrentPage:
        """The page as it stands, an interrupted save ended, changes of other programs merged.

        OutputError when that must be written and cannot be; RecordError when the file is no TEI.
        """
        if not self._path.exists():
            return self._on_disk()
        with self._lock():
            return self._brought_up()

    def save(
        self, expected: Collection[str], changes: Sequence[Change], who: str, when: str
    ) -> CurrentPage | None:
        """Makes changes on the page when its sha256 is among those expected; None when it is not.

        When this returns, the changes are on disk. RecordError when one cannot be made, OutputError when
        nothing can be written: then nothing is changed.
        """
        self._refuse_read_only()
        with self._lock():
            before = self._brought_up()
            if before.sha not in expected:
                return None
            content = edit(before.content, changes, who, when)
            if content == before.content:
                return before
            after = CurrentPage(content, sha256_of(content))
            if self._wants_base(before.sha):
                self._append(Base(before.sha, before.content))
            self._write(Edit(before.sha, after.sha, who, when, tuple(changes)), content)
            return after

    def history(self, line: str) -> list[EarlierText]:
        """What was written on a line, oldest first; the first is what the oldest version known says."""
        self._reload()
        earlier: list[EarlierText] = []
        for entry in self._entries:
            if isinstance(entry, Base) and not earlier:
                tokens = tokens_of(Document(entry.content), line)
                if tokens is not None:
                    earlier.append(EarlierText("", "", tokens))
            if isinstance(entry, Edit):
                words = (c for c in entry.changes if isinstance(c, CorrectLine) and c.line == line)
                earlier += [EarlierText(entry.when, entry.who, change.tokens) for change in words]
        return earlier

    def conflicts(self) -> dict[int, Conflict]:
        """What could not be brought together and nobody looked at yet, oldest first, by number."""
        self._reload()
        settled = {n for entry in self._entries if isinstance(entry, Settled) for n in entry.conflicts}
        conflicts = enumerate(entry for entry in self._entries if isinstance(entry, Conflict))
        return {number: conflict for number, conflict in conflicts if number not in settled}

    def settle(self, conflicts: Sequence[int], who: str, when: str) -> None:
        """A person chose what is to be kept: these conflicts are told no more; the journal keeps them.
        OutputError when that cannot be written."""
        self._refuse_read_only()
        if not self._path.exists():
            return
        with self._lock():
            self._brought_up()
            self._append(Settled(who, when, tuple(conflicts)))

    # reading and writing

    def _refuse_read_only(self) -> None:
        """OutputError for a file not to be changed: a new one put in its place would get around that."""
        if is_read_only(self._page):
            raise OutputError(
                f"{self._page.name} is read-only. What you typed is kept in the browser; allow writing to "
                "the file and save again."
            )

    def _reload(self) -> None:
        if self._path.exists():
            with self._lock():
                self._load()

    def _lock(self) -> AbstractContextManager[None]:
        return locked(self._path.with_suffix(".lock"))

    def _load(self) -> None:
        """Reads what was appended since; a line cut off by a crash was never acknowledged and is dropped."""
        try:
            with open(self._path, "rb", opener=unlinked) as file:
                if file.seek(0, os.SEEK_END) < self._read:  # somebody put another one there
                    self._entries, self._read = [], 0
                file.seek(self._read)
                added = file.read()
        except FileNotFoundError:
            self._entries, self._read = [], 0
            return
        except OSError as error:
            raise OutputError(f"The journal {self._path} cannot be read: {why(error)}") from error
        whole = added[: added.rfind(b"\n") + 1]
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                self._entries.append(entry_of(line))
            except (ValueError, UnfitError) as error:
                raise RecordError(
                    f"The journal {self._path} is damaged (entry {len(self._entries) + number}). "
                    "Move it away; the TEI file itself is whole."
                ) from error
        self._read += len(whole)
        if len(whole) < len(added):
            self._cut()

    def _cut(self) -> None:
        """Takes back what was not wholly written."""
        try:
            os.truncate(self._path, self._read)
        except OSError as error:
            raise OutputError(f"The journal {self._path} cannot be mended: {why(error)}") from error

    def _append(self, entry: Entry) -> None:
        spelt = entry_json(entry) + b"\n"
        fresh = not self._path.exists()
        try:
            with open(self._path, "ab", opener=unlinked) as file:
                file.write(spelt)
                file.flush()
                sync(file.fileno())
            if fresh:
                sync_folder(self._path.parent)
        except OSError as error:
            with contextlib.suppress(OSError, OutputError):  # a drive that is gone: cut when it is back
                if self._path.exists() and not self._path.is_symlink():
                    self._cut()
            raise OutputError(f"{self._page} cannot be saved: {why(error)}") from error
        self._entries.append(entry)
        self._read += len(spelt)

    def _write(self, entry: Edit, content: bytes) -> None:
        """Both or neither: the entry in the journal, then the file."""
        before = self._read
        self._append(entry)
        try:
            write_whole(self._page.resolve(), content)
        except OutputError:
            self._entries.pop()
            self._read = before
            with contextlib.suppress(OutputError):  # the same drive; if it stays, the save is ended next time
                self._cut()
            raise

    def _wants_base(self, sha: str) -> bool:
        since = list(takewhile(lambda entry: not isinstance(entry, Base), reversed(self._entries)))
        edits = sum(isinstance(entry, Edit) for entry in since)
        return len(since) == len(self._entries) or edits >= _EDITS_PER_BASE or self._last() != sha

    def _last(self) -> str | None:
        """The sha256 of the newest version that the journal knows."""
        versions = (entry for entry in reversed(self._entries) if isinstance(entry, Base | Edit))
        return next((entry.sha if isinstance(entry, Base) else entry.after for entry in versions), None)

    # other programs

    def _on_disk(self) -> CurrentPage:
        content = read(self._page)
        return CurrentPage(content, sha256_of(content))

    def _brought_up(self) -> CurrentPage:
        self._load()
        page, last = self._on_disk(), self._last()
        if last is None or page.sha == last:
            return page
        newest = self._entries[-1]
        if isinstance(newest, Edit) and newest.before == page.sha:
            return self._ended(newest, page.content)
        return self._merged(page)

    def _ended(self, entry: Edit, content: bytes) -> CurrentPage:
        """A save that a crash interrupted, made again."""
        content = edit(content, entry.changes, entry.who, entry.when)
        page = CurrentPage(content, sha256_of(content))
        write_whole(self._page.resolve(), content)
        if page.sha != entry.after:  # a later release may spell a change differently
            self._append(Base(page.sha, content))
        return page

    def _merged(self, theirs: CurrentPage) -> CurrentPage:
        """The file as another program left it, with what was corrected since the version it started from."""
        start = max((i for i, entry in enumerate(self._entries) if isinstance(entry, Base)), default=None)
        if start is None:
            raise RecordError(
                f"The journal {self._path} is damaged (it holds no version of the page). "
                "Move it away; the TEI file itself is whole."
            )
        base = self._entries[start]
        assert isinstance(base, Base)
        since = [entry for entry in self._entries[start + 1 :] if isinstance(entry, Edit)]
        content, edits, conflicts = carried_over(base.content, since, theirs.content)
        self._append(Base(theirs.sha, theirs.content))
        for conflict in conflicts:
            self._append(conflict)
        for made in edits[:-1]:
            self._append(made)
        if not edits:
            return CurrentPage(content, theirs.sha, tuple(conflicts))
        # a crash before the last of them leaves the file as the other program wrote it; then all is
        # found again in the journal, from this base on
        self._write(edits[-1], content)
        return CurrentPage(content, edits[-1].after, tuple(conflicts))
