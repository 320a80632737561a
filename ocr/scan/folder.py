"""Folders searched whole: every file once, links followed, loops apart."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ocr.text import natural


def files_below(
    folder: Path, *, without: Path | None = None, on_error: Callable[[OSError], object] | None = None
) -> Iterator[Path]:
    """All files below a folder in natural order; hidden ones and the folder `without` are left out.

    A linked folder is searched unless it lies below `folder` anyway or was searched by another link. Links
    that lead nowhere are among the files. `on_error` is given folders that cannot be listed.
    """
    root = folder.resolve()
    left_out = None if without is None else without.resolve()
    walked: set[Path] = set()

    def is_new(place: Path) -> bool:
        real = place.resolve()
        if real == left_out or (place.is_symlink() and real.is_relative_to(root)) or real in walked:
            return False
        walked.add(real)
        return True

    for place, folders, files in os.walk(folder, onerror=on_error, followlinks=True):
        here = Path(place)
        folders[:] = [
            name for name in sorted(folders, key=natural) if not name.startswith(".") and is_new(here / name)
        ]
        yield from (here / name for name in sorted(files, key=natural) if not name.startswith("."))
