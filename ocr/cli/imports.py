"""The import command: what other programs made, as records of ours."""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocr.cli.terminal import one_of, say, today
from ocr.errors import SEVERAL_REASONS, SettingsError

if TYPE_CHECKING:
    from ocr.imports.run import ImportSettings

_MOST_KINDS = 40
"""So many kinds of what is left out are named one by one."""


@dataclass(frozen=True, slots=True)
class ImportFlags:
    """What the command is asked."""

    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="PAGE, ALTO or hOCR files, folders or zips of them with their scans; or one IIIF manifest: "
            "its address, or a .json file.",
        ),
    ]
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Where the records go, or a manifest's pictures."),
    ]
    scans: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="Where the scans are (beside the files).")
    ] = None
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Whose the corrected text is. Default: the name of PATH.")
    ] = ""
    text: Annotated[
        str,
        typer.Option(
            metavar="auto|corrected|read",
            help="Whose the text is: a person's, a program's, or as the files say.",
        ),
    ] = "auto"
    scale: Annotated[
        bool, typer.Option("--scale", help="Scale places that were drawn on a scan of another size.")
    ] = False
    without_scans: Annotated[
        bool, typer.Option("--without-scans", help="Import pages whose scan is not there, too.")
    ] = False
    most_images: Annotated[
        int, typer.Option("--most-images", metavar="N", min=1, help="So many pictures of a manifest.")
    ] = 1000
    allow_local: Annotated[
        bool,
        typer.Option("--allow-local", help="A manifest may lead to this machine, or into a private net."),
    ] = False


def import_(flags: ImportFlags) -> None:
    """Make records of what other programs read or people transcribed in them.

    What a record cannot hold is named, each kind with its count. A second run imports only what changed;
    a record that somebody has corrected since stays as it is. A file that cannot be imported is named, and
    the others follow.

    Of an IIIF manifest the pictures are fetched into DIR, for ocr transcribe, with notebook.toml, and its
    annotations by line become records beside them. Nothing else of this program reaches into the net. A
    second run fetches what is not there yet.
    """
    if not any(map(_is_manifest, flags.paths)):
        _import(flags)
    elif len(flags.paths) > 1:
        raise SettingsError("A manifest is imported by itself. Give one address, or one .json file.")
    else:
        _fetch(flags)


def _is_manifest(path: str) -> bool:
    return path.lower().startswith(("http://", "https://")) or path.lower().endswith(".json")


def _settings(flags: ImportFlags, name: str) -> "ImportSettings":
    """How pages are imported; corrected text is of `name` unless --by names somebody."""
    from ocr.imports.run import Counts, ImportSettings

    counts = one_of(Counts, flags.text, "kind of text")
    return ImportSettings(flags.by or name, today(), counts, flags.scale, flags.without_scans)


def _fetch(flags: ImportFlags) -> None:
    """Fetches the pictures of a manifest."""
    from ocr.imports.pictures import PictureLimits, counted, fetch_pictures, manifest_of

    source, output = flags.paths[0], flags.output
    limits = PictureLimits(flags.most_images, allow_local=flags.allow_local)
    manifest = manifest_of(source, limits)
    fetched = current = lines = 0
    codes = set()
    for picture in fetch_pictures(manifest, source, output, limits, _settings(flags, manifest.title)):
        if picture.error is not None:
            say(f"{picture.name}: {picture.error}")
            codes.add(picture.error.exit_code)
        else:
            fetched += not picture.is_current
            current += picture.is_current
            lines += picture.lines
    say(f"{fetched} picture(s) fetched into {output}" + (f", {current} were there." if current else "."))
    if lines:
        say(f"{lines} line(s) of text came with them; their records lie beside the pictures.")
    _name("left out", counted(manifest, limits))
    _leave(codes)


def _import(flags: ImportFlags) -> None:
    """Imports files with pages."""
    from ocr.imports.run import import_files

    paths, output = list(map(Path, flags.paths)), flags.output
    settings = _settings(flags, paths[0].resolve().stem)
    left_out: Counter[str] = Counter()
    passed_over: Counter[str] = Counter()
    pages = current = lines = corrected = 0
    codes = set()
    for imported in import_files(paths, output, settings, flags.scans or [], passed_over):
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
    _name("passed over", passed_over)
    _name("left out", left_out)
    _leave(codes)


def _name(how: str, counts: Counter[str]) -> None:
    """A line for each kind of thing, with its count."""
    for what, count in counts.most_common(_MOST_KINDS):
        say(f"{how}: {count} x {what}")
    if len(counts) > _MOST_KINDS:
        say(f"{how}: {len(counts) - _MOST_KINDS} further kinds of things, fewer of each")


def _leave(codes: set[int]) -> None:
    if codes:
        sys.exit(codes.pop() if len(codes) == 1 else SEVERAL_REASONS)
