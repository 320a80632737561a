"""The journal of a page: every correction is on disk before it is acknowledged, and none is lost.

Beside NAME.xml lies .NAME.review.jsonl, one JSON object a line, only ever appended to. A *base* keeps the
whole file as it was found; an *edit* keeps who changed what and when, with the sha256 of the file before and
after. Saving is: append the edit, fsync, write the file whole (temporary file, fsync, rename, fsync of the
folder). After a crash the file is the old or the new one; if it is the old one, the edit is made again, which
gives the same bytes. If it is neither, another program wrote it: the version it started from is found, what
was corrected since is made again, word by word, and where both changed one word both are kept in the journal.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ocr.corrections.changes import Change, CorrectLine, edit
from ocr.corrections.spans import Document
from ocr.corrections.tokens import Token, line_break, line_name, row_of
from ocr.errors import OutputError, RecordError, reason_of
from ocr.files import locked, sync, sync_folder, why, write_whole
from ocr.review.entries import Base, Conflict, Edit, Entry, Past, Settled, entry_of, value_of
from ocr.review.threeway import three_way

_EDITS_PER_BASE = 64
"""After so many edits the file is kept whole again, so that finding old versions takes seconds at most."""


def sha_of(content: bytes) -> str:
    """The sha256 of a file, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def journal_path(page: Path) -> Path:
    """Where the journal of a page lies."""
    return page.with_name(f".{page.stem}.review.jsonl")


@dataclass(frozen=True, slots=True)
class Held:
    """A page as it stands now, and what could not be brought together when another program had changed it."""

    content: bytes
    conflicts: tuple[Conflict, ...] = ()


class Journal:
    """The journal of one page. One writer at a time, in this process and in others; a lock sees to it."""

    def __init__(self, page: Path) -> None:
        self._page, self._path = page, journal_path(page)
        self._entries: list[Entry] = []
        self._read = 0

    def held(self) -> Held:
        """The page as it stands, an interrupted save ended, changes of other programs merged.

        OutputError when that must be written and cannot be; RecordError when the file is no TEI.
        """
        if not self._path.exists():
            return Held(self._content())
        with self._lock():
            return self._brought_up()

    def save(self, expected: str, changes: Sequence[Change], who: str, when: str) -> Held | None:
        """Makes changes on the version of the page with that sha256; None when it is no longer that.

        When this returns, the changes are on disk. RecordError when one cannot be made, OutputError when
        nothing can be written: then nothing is changed.
        """
        with self._lock():
            held = self._brought_up()
            if sha_of(held.content) != expected:
                return None
            new = edit(held.content, changes, who, when)
            if new == held.content:
                return held
            if self._wants_base(held.content):
                self._append(Base(sha_of(held.content), held.content))
            self._write(Edit(expected, sha_of(new), who, when, tuple(changes)), new)
            return Held(new)

    def history(self, line: str) -> list[Past]:
        """What was written on a line, oldest first; the first is what the oldest version known says."""
        self._reload()
        past: list[Past] = []
        for entry in self._entries:
            if isinstance(entry, Base) and not past:
                tokens = _tokens(Document(entry.content), line)
                if tokens is not None:
                    past.append(Past("", "", tokens))
            if isinstance(entry, Edit):
                words = (c for c in entry.changes if isinstance(c, CorrectLine) and c.line == line)
                past += [Past(entry.when, entry.who, change.tokens) for change in words]
        return past

    def conflicts(self) -> dict[int, Conflict]:
        """What could not be brought together and nobody looked at yet, oldest first, by number."""
        self._reload()
        settled = {n for entry in self._entries if isinstance(entry, Settled) for n in entry.conflicts}
        found = enumerate(entry for entry in self._entries if isinstance(entry, Conflict))
        return {number: conflict for number, conflict in found if number not in settled}

    def settle(self, conflicts: Sequence[int], who: str, when: str) -> None:
        """These conflicts are told no more; the journal keeps them."""
        with self._lock():
            self._brought_up()
            self._append(Settled(who, when, tuple(conflicts)))

    # reading and writing

    def _reload(self) -> None:
        if self._path.exists():
            with self._lock():
                self._load()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        lock = self._path.with_suffix(".lock")
        with locked(lock):
            yield

    def _load(self) -> None:
        """Reads what was appended since; a line cut off by a crash was never acknowledged and is dropped."""
        try:
            with self._path.open("rb") as file:
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
        for number, held in enumerate(whole.splitlines(), 1):
            try:
                self._entries.append(entry_of(json.loads(held)))
            except (ValueError, KeyError, TypeError, zlib.error) as error:
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
        spelt = json.dumps(value_of(entry), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        fresh = not self._path.exists()
        try:
            with self._path.open("ab") as file:
                file.write(spelt)
                file.flush()
                sync(file.fileno())
            if fresh:
                sync_folder(self._path.parent)
        except OSError as error:
            if self._path.exists():
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
            self._cut()
            raise

    def _wants_base(self, content: bytes) -> bool:
        last = next(
            (i for i in range(len(self._entries), 0, -1) if isinstance(self._entries[i - 1], Base)), 0
        )
        edits = [e for e in self._entries[last:] if isinstance(e, Edit)]
        return not last or len(edits) >= _EDITS_PER_BASE or self._last() != sha_of(content)

    def _last(self) -> str | None:
        """The sha256 of the newest version that the journal knows."""
        for entry in reversed(self._entries):
            if isinstance(entry, Edit):
                return entry.after
            if isinstance(entry, Base):
                return entry.sha
        return None

    # other programs

    def _content(self) -> bytes:
        try:
            return self._page.read_bytes()
        except OSError as error:
            raise RecordError(f"{self._page} cannot be read ({reason_of(error)}). Check the path.") from error

    def _brought_up(self) -> Held:
        self._load()
        content = self._content()
        now, last = sha_of(content), self._last()
        if last is None or now == last:
            return Held(content)
        newest = self._entries[-1]
        if isinstance(newest, Edit) and newest.before == now:
            return Held(self._ended(newest, content))
        return self._merged(content)

    def _ended(self, entry: Edit, content: bytes) -> bytes:
        """A save that a crash interrupted, made again."""
        new = edit(content, entry.changes, entry.who, entry.when)
        write_whole(self._page.resolve(), new)
        if sha_of(new) != entry.after:  # a later release may spell a change differently
            self._append(Base(sha_of(new), new))
        return new

    def _versions(self) -> list[tuple[bytes, Edit | None]]:
        """The versions since the last base, oldest first, each with the edit that made it."""
        start = max(i for i, entry in enumerate(self._entries) if isinstance(entry, Base))
        base = self._entries[start]
        assert isinstance(base, Base)
        versions: list[tuple[bytes, Edit | None]] = [(base.content, None)]
        for entry in self._entries[start + 1 :]:
            if isinstance(entry, Edit):
                content = edit(versions[-1][0], entry.changes, entry.who, entry.when)
                versions.append((content, entry))
        return versions

    def _merged(self, theirs: bytes) -> Held:
        """The file as another program left it, with what was corrected since the version it started from."""
        Document(theirs)  # what is no TEI is told, not merged
        versions = self._versions()
        started = _nearest([content for content, _ in versions], theirs)
        content, conflicts = theirs, list[Conflict]()
        made: list[Edit] = []
        for (before, _), (_, entry) in zip(versions[started:], versions[started + 1 :], strict=False):
            assert entry is not None  # only the base has none
            for change in entry.changes:
                again, troubles = _again(content, before, change, entry)
                conflicts += troubles
                if again is None:
                    continue
                try:
                    new = edit(content, again, entry.who, entry.when)
                except RecordError as error:
                    conflicts.append(Conflict(entry.who, entry.when, change, (), str(error)))
                    continue
                if new != content:
                    made.append(Edit(sha_of(content), sha_of(new), entry.who, entry.when, (again,)))
                    content = new
        self._append(Base(sha_of(theirs), theirs))
        for conflict in conflicts:
            self._append(conflict)
        for one in made[:-1]:
            self._append(one)
        if made:
            # a crash before the last of them leaves the file as the other program wrote it; then all is
            # found again in the journal, from this base on
            self._write(made[-1], content)
        return Held(content, tuple(conflicts))


def _tokens(doc: Document, line: str) -> tuple[Token, ...] | None:
    try:
        return row_of(doc, line_break(doc, line)).tokens
    except RecordError:
        return None


def _nearest(versions: Sequence[bytes], theirs: bytes) -> int:
    """Which version another program started from: the one whose lines differ least; of equals the newest."""
    wanted = _lines(theirs)
    best, least = 0, -1
    for number, content in enumerate(versions):
        differing = len(_lines(content) ^ wanted)
        if least < 0 or differing <= least:
            best, least = number, differing
    return best


def _lines(content: bytes) -> set[tuple[str, str]]:
    """Each line with its name as it is spelt, and each change of the header."""
    doc = Document(content)
    lines = {(line_name(doc, lb), doc.text[lb.start : row_of(doc, lb).end].strip()) for lb in doc.lines}
    return lines | {
        ("", doc.spelt(e)) for e in doc.by_id.values() if e.name in {"change", "zone", "respStmt"}
    }


def _again(
    content: bytes, before: bytes, change: Change, entry: Edit
) -> tuple[Change | None, list[Conflict]]:
    """A change as it is to be made on a file that another program has changed."""
    if not isinstance(change, CorrectLine):
        return change, []
    base, theirs = _tokens(Document(before), change.line), _tokens(Document(content), change.line)
    if base is None or theirs is None:
        return None, [Conflict(entry.who, entry.when, change, (), "The line is no longer in the file.")]
    pieces = three_way(base, change.tokens, theirs)
    merged = tuple(token for piece in pieces for token in piece.merged)
    troubles = [
        Conflict(entry.who, entry.when, change, theirs, "Another program changed the same words.")
    ] * any(piece.conflict for piece in pieces)
    return replace(change, tokens=merged), troubles
