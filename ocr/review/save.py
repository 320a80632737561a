"""Corrections written into files, one at a time for each page, only onto the bytes they were made for."""

import contextlib
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ocr.corrections.changes import Change
from ocr.derived import renew_text
from ocr.errors import OcrError, OutputError
from ocr.review.entries import Conflict, Past
from ocr.review.journal import Journal, journal_path, sha_of
from ocr.review.responses import RefusedError


def etag_of(held: bytes) -> str:
    """The strong ETag of a file: its sha256."""
    return f'"{sha_of(held)}"'


class StaleError(Exception):
    """The page is not what the correction was made for any more."""


class Saver:
    """The journals of the pages in work. For many threads."""

    def __init__(self) -> None:
        self._journals: dict[Path, Journal] = {}
        self._strangers: set[Path] = set()
        self._lock = threading.Lock()

    def save(self, page: Path, etags: str, changes: Sequence[Change], who: str) -> str:
        """Makes the changes, all or none; gives the ETag of the page then. `etags` is what If-Match says.

        StaleError when the page has changed, RecordError when a change cannot be made, OutputError when
        nothing can be written.
        """
        refuse_read_only(page)
        now = f'"{sha_of(self.bring_up(page))}"'
        if now not in [one.strip() for one in etags.split(",")]:
            raise StaleError
        saved = self._journal(page).save(now.strip('"'), changes, who, _now())
        if saved is None:
            raise StaleError
        return etag_of(saved.content)

    def follow(self, page: Path) -> None:
        """What is derived from a page follows it: NAME.txt, unless it is missing or somebody else's."""
        with contextlib.suppress(OcrError):  # the page is saved; the next run makes up for what failed here
            (self._strangers.discard if renew_text(page) else self._strangers.add)(page)

    def is_text_anothers(self, page: Path) -> bool:
        """Was NAME.txt left as it is, because somebody else wrote or changed it?"""
        return page in self._strangers

    def bring_up(self, page: Path) -> bytes:
        """The page as it stands: an interrupted save is ended, changes of other programs are merged.

        Where nothing can be written the file is taken as it is.
        """
        if journal_path(page).exists() and not is_read_only(page):
            before, now = page.read_bytes(), self._journal(page).held().content
            if now != before:
                self.follow(page)
            return now
        return page.read_bytes()

    def history(self, page: Path, line: str) -> list[Past]:
        """What was written on a line, oldest first; nothing when no one corrected the page here."""
        return self._journal(page).history(line) if journal_path(page).exists() else []

    def conflicts(self, page: Path) -> dict[int, Conflict]:
        """Corrections that another program's changes stood in the way of and nobody looked at yet."""
        return self._journal(page).conflicts() if journal_path(page).exists() else {}

    def settle(self, page: Path, conflicts: Sequence[int], who: str) -> None:
        """A person chose what shall stand. OutputError when that cannot be written."""
        refuse_read_only(page)
        if journal_path(page).exists():
            self._journal(page).settle(conflicts, who, _now())

    def _journal(self, page: Path) -> Journal:
        with self._lock:
            return self._journals.setdefault(page, Journal(page))


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")


def is_read_only(path: Path) -> bool:
    """May the file not be changed, by its mode or because its folder is closed?"""
    try:
        shut = not path.stat().st_mode & 0o222
    except OSError:
        return True
    return shut or not os.access(path, os.W_OK) or not os.access(path.resolve().parent, os.W_OK)


def refuse_read_only(path: Path) -> None:
    """OutputError for a file that may not be changed: a new file put in its place would get around that."""
    if is_read_only(path):
        raise OutputError(
            f"{path.name} is read-only. What you typed is kept in the browser; allow writing to the file "
            "and save again."
        )


def required(etags: str | None) -> str:
    """What If-Match says; RefusedError when it says nothing, or anything at all (*)."""
    if not etags or etags.strip() == "*":
        raise RefusedError(428, "Send If-Match with the ETag of the page that was corrected.")
    return etags
