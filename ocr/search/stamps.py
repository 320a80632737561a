"""The records below a folder, and how each was: what tells without reading whether one changed."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from ocr.files import is_of_drive

_Seen = TypeVar("_Seen")


class Stamp(NamedTuple):
    """Size and time of change of a file."""

    size: int
    changed_ns: int


def records_below(folder: Path, below: str = "") -> Iterator[tuple[str, Stamp]]:
    """The XML files below a folder but hidden ones, by places with slashes; no links to folders are followed.

    What is closed to us, or gone meanwhile, is none. OSError when the drive fails: what lies there is there.
    """
    for entry in _seen(lambda: list(os.scandir(folder))) or ():
        name = entry.name
        if name.startswith("."):
            continue
        if name.lower().endswith(".xml"):
            info = _seen(entry.stat)
            if info is not None and stat.S_ISREG(info.st_mode):
                yield _text(f"{below}{name}"), Stamp(info.st_size, info.st_mtime_ns)
        elif entry.is_dir(follow_symlinks=False):
            yield from records_below(Path(entry.path), f"{below}{name}/")


def _seen(look: Callable[[], _Seen]) -> _Seen | None:
    try:
        return look()
    except OSError as error:
        if is_of_drive(error):
            raise
        return None


def _text(place: str) -> str:
    """A place as SQLite can keep it: bytes of a name that are no text are escaped."""
    return place.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
