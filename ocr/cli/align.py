"""The align command: an existing transcription laid onto the lines that were read."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocr.cli.terminal import records_in, say, today

if TYPE_CHECKING:
    from ocr.alignment.run import AlignedRecord


@dataclass(frozen=True, slots=True)
class AlignFlags:
    """What the command is asked."""

    texts: Annotated[
        list[Path],
        typer.Argument(metavar="TEXT...", help="The transcription: .txt, .docx, TEI, or a folder of them."),
    ]
    records: Annotated[Path, typer.Argument(metavar="OUT", help="The records of its pages (TEI).")]
    by: Annotated[
        str, typer.Option(metavar="NAME", help="The edition, as the TEI shall name it. Default: TEXT's name.")
    ] = ""
    other: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Leave OUT as it is and write a second opinion below DIR, for ocr review OUT --other DIR.",
        ),
    ] = None

    @property
    def target(self) -> Path:
        """The folder that is written to."""
        return self.other or self.records

    def place_of(self, record: Path) -> Path:
        """Where a record lies below its folder."""
        return record.relative_to(self.records) if self.records.is_dir() else Path(record.name)


def align(flags: AlignFlags) -> None:
    """Lay a transcription without line breaks onto the lines of its pages.

    Pages may be in any order in it, words broken at line ends whole, the spelling modern, passages left out.
    A line that is like enough to its words gets them, as corrected by the edition; one that a person has seen
    stays. Which lines got what, and how like they are, is listed in OUT/align.csv. Exit code 11 when the text
    is no transcription of these pages.
    """
    from ocr.alignment.editions import text_of
    from ocr.alignment.run import align as lay_onto
    from ocr.files import write_whole
    from ocr.locks import sole_run
    from ocr.spreadsheet import csv_text

    rows: list[tuple[str | float | None, ...]] = [("record", "line", "likeness", "outcome", "read", "text")]
    given = 0
    with sole_run(flags.target):
        text, records = text_of(flags.texts), records_in([flags.records])
        for record in lay_onto(text, records, flags.by or flags.texts[0].stem, today()):
            _put(record, flags)
            for line in record.lines:
                accepted = line.laid.accepted and not line.is_persons
                outcome = "a person's" if line.is_persons else "given" if accepted else "left as read"
                place = str(flags.place_of(record.record))
                rows.append((place, line.line, line.laid.likeness, outcome, line.read, line.laid.text))
                given += accepted
        listed = flags.target / "align.csv"
        write_whole(listed, csv_text(rows, "plain", 2).encode("utf-8-sig"))
    lines = len(rows) - 1
    say(f"{given} of {lines} lines were given words of the transcription; all are listed in {listed}.")


def _put(aligned: "AlignedRecord", flags: AlignFlags) -> None:
    """Writes a record that was given words, or its second opinion. OutputError when somebody changed it."""
    from ocr.derived import renew_text
    from ocr.errors import OutputError
    from ocr.files import write_whole

    if aligned.content is None and flags.other is None:
        return
    record = aligned.record
    if record.read_bytes() != aligned.before:
        raise OutputError(f"{record} was changed meanwhile. Run the same command again.")
    write_whole(flags.target / flags.place_of(record), aligned.content or aligned.before)
    if flags.other is None:
        renew_text(record)
