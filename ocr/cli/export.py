"""The export command: records in the formats of other programs and of readers."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ocr.cli.terminal import one_of, one_of_names, say
from ocr.errors import SEVERAL_REASONS
from ocr.exports.formats import FORMATS


@dataclass(frozen=True, slots=True)
class ExportFlags:
    """What the command is asked."""

    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="TEI files of ours, or folders with them.")
    ]
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help=", ".join(f"{name} ({each.summary})" for name, each in FORMATS.items()) + ".",
        ),
    ]
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the files go.")]
    scans: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Where the scans are (beside the TEI, or ./scans)."),
    ] = None
    ink: Annotated[
        str, typer.Option(metavar="all|main", help="Leave out of texts what is in another ink: main.")
    ] = "all"
    threshold: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Words a machine read with less confidence stand as […] in texts for readers.",
        ),
    ] = 0.0
    modern: Annotated[bool, typer.Option("--modern", help="Texts for readers in new spelling.")] = False
    layers: Annotated[
        str,
        typer.Option(
            metavar="text|cert|all",
            help="What tei keeps of the machine's: doubt, each word's probability, all readings.",
        ),
    ] = "text"
    binarizer: Annotated[
        str, typer.Option(help="How ink is parted from paper, for images: ours, otsu, sauvola.")
    ] = "ours"
    images: Annotated[
        str,
        typer.Option(metavar="URL", help="The address of the pictures, for iiif and page (else relative)."),
    ] = ""

    @property
    def address(self) -> str:
        """Of the pictures, before their names: of a folder, or all but the end of a query."""
        return self.images if self.images.endswith(("/", "=")) or not self.images else f"{self.images}/"


def export(flags: ExportFlags) -> None:
    """Write corrected or raw records as text, for readers, or for other programs.

    Files are whole or not written; a second run writes only what changed. A file that somebody else wrote or
    changed stays as it is and is named.
    """
    from ocr.exports.reading import ExportSettings, Layers
    from ocr.exports.run import export as export_records
    from ocr.scan.binarize import BINARIZERS
    from ocr.tei.flow import Ink

    settings = ExportSettings(
        one_of(Ink, flags.ink, "choice of inks"),
        flags.threshold,
        flags.modern,
        flags.address,
        one_of(Layers, flags.layers, "choice of layers"),
        one_of_names(BINARIZERS, flags.binarizer, "binarizer"),
    )
    written = current = 0
    codes = set()
    for exported in export_records(flags.paths, flags.to, flags.output, settings, flags.scans):
        written += exported.error is None and not exported.is_current
        current += exported.is_current
        if exported.remark:
            say(f"{exported.place}: {exported.remark}")
        if exported.error is not None:
            say(f"{exported.place}: {exported.error}")
            codes.add(exported.error.exit_code)
    unit = FORMATS[flags.to].unit
    say(f"{written} {unit}(s) written below {flags.output}" + (f", {current} unchanged." if current else "."))
    if FORMATS[flags.to].leaves_out:
        say(f"{flags.to} does not hold: {', '.join(FORMATS[flags.to].leaves_out)}.")
    if codes:
        sys.exit(codes.pop() if len(codes) == 1 else SEVERAL_REASONS)
