"""The index command: makes what `ocr search` looks words up in, or brings it up to the records."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocr.cli.terminal import say

if TYPE_CHECKING:
    from ocr.search.index import Renewal


def index(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder with TEI files.")],
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Pages read at the same time; 0: one per processor.")
    ] = 0,
) -> None:
    """Make or renew the index that ocr search looks into.

    It is OUTPUT/search.sqlite and holds every word and what else it may be. Only records that changed are
    read; it may be killed, run twice, or deleted at any time.
    \f
    OutputError when it cannot be written, RecordError when there is no such folder.
    """
    renewed(output, jobs)


def renewed(output: Path, jobs: int = 0) -> "Renewal":
    """Renews the index of a folder, and tells of it."""
    from ocr.search.index import is_being_renewed, renew
    from ocr.workers import processors

    def progress(done: int, of: int) -> None:
        if of > done:
            say(f"indexed: {done} of {of} pages")

    if is_being_renewed(output):
        say("Another run is bringing the index up; this one waits for it.")
    renewal = renew(output, jobs=jobs or processors(), progress=progress)
    if renewal.replaced:
        say("The index that was there was damaged or of another version; it is made anew from the records.")
    for place, reason in renewal.left_out:
        say(f"left out: {place}: {reason}")
    say(f"index: {renewal.pages} pages, {renewal.read} read anew, {renewal.gone} gone")
    return renewal
