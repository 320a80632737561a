"""The import command: what other programs made, as records of ours."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from ocr.cli.terminal import one_of, say, today
from ocr.errors import SEVERAL_REASONS

_MOST_KINDS = 40
"""So many kinds of what is left out are named one by one."""


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="PAGE, ALTO or hOCR files, folders or zips of them with their scans."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the records go.")],
    scans: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="Where the scans are (beside the files).")
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Whose the corrected text is. Default: the name of PATH.")
    ] = "",
    text: Annotated[
        str,
        typer.Option(
            metavar="auto|corrected|read",
            help="Whose the text is: a person's, a program's, or as the files say.",
        ),
    ] = "auto",
    scale: Annotated[
        bool, typer.Option("--scale", help="Scale places that were drawn on a scan of another size.")
    ] = False,
    without_scans: Annotated[
        bool, typer.Option("--without-scans", help="Import pages whose scan is not there, too.")
    ] = False,
) -> None:
    """Make records of what other programs read or people transcribed in them.

    What a record cannot hold is named, each kind with its count. A second run imports only what changed;
    a record that somebody has corrected since stays as it is. A file that cannot be imported is named, and
    the others follow.
    """
    from ocr.imports.run import Counts, ImportSettings, import_files

    settings = ImportSettings(
        by or paths[0].resolve().stem, today(), one_of(Counts, text, "kind of text"), scale, without_scans
    )
    left_out: Counter[str] = Counter()
    passed_over: Counter[str] = Counter()
    pages = current = lines = corrected = 0
    codes = set()
    for imported in import_files(paths, output, settings, scans or [], passed_over):
        if imported.error is not None:
            say(f"{imported.place}: {imported.error}")
            codes.add(imported.error.exit_code)
            continue
        current += imported.is_current
        pages += not imported.is_current
        lines += imported.lines
        corrected += imported.corrected
        left_out += imported.left_out
    say(
        f"{pages} page(s) imported below {output}: {lines} lines, {corrected} of them corrected"
        + (f"; {current} page(s) unchanged." if current else ".")
    )
    for what, count in passed_over.most_common():
        say(f"passed over: {what}" + (f", {count} times" if count > 1 else ""))
    for what, count in left_out.most_common(_MOST_KINDS):
        say(f"left out: {count} x {what}")
    if len(left_out) > _MOST_KINDS:
        say(f"left out: {len(left_out) - _MOST_KINDS} further kinds of small things")
    if codes:
        sys.exit(codes.pop() if len(codes) == 1 else SEVERAL_REASONS)
