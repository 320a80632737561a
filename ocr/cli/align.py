"""The align command: an existing transcription laid onto the lines that were read."""

from pathlib import Path
from typing import Annotated

import typer

from ocr.cli.terminal import records_in, say, today


def align(
    texts: Annotated[
        list[Path],
        typer.Argument(metavar="TEXT...", help="The transcription: .txt, .docx, TEI, or a folder of them."),
    ],
    records: Annotated[Path, typer.Argument(metavar="OUT", help="The records of its pages (TEI).")],
    by: Annotated[
        str, typer.Option(metavar="NAME", help="The edition, as the TEI shall name it. Default: TEXT's name.")
    ] = "",
    other: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Leave OUT as it is and write a second opinion below DIR, for ocr review OUT --other DIR.",
        ),
    ] = None,
) -> None:
    """Lay a transcription without line breaks onto the lines of its pages.

    Pages may be in any order in it, words broken at line ends whole, the spelling modern, passages left out.
    A line that is like enough to its words gets them, as corrected by the edition; one that a person has seen
    stays. Which lines got what, and how like they are, is listed in OUT/align.csv. Exit code 11 when the text
    is no transcription of these pages.
    """
    from ocr.alignment.editions import text_of
    from ocr.alignment.run import align as lay_onto
    from ocr.derived import renew_text
    from ocr.errors import OutputError
    from ocr.files import write_whole
    from ocr.locks import sole_run
    from ocr.spreadsheet import csv_text

    target = other or records
    rows: list[tuple[str | float | None, ...]] = [("record", "line", "likeness", "outcome", "read", "text")]
    given = lines = 0
    with sole_run(target):
        for page in lay_onto(text_of(texts), records_in([records]), by or texts[0].stem, today()):
            place = page.record.relative_to(records) if records.is_dir() else Path(page.record.name)
            if page.content is not None or other is not None:
                if page.record.read_bytes() != page.before:
                    raise OutputError(f"{page.record} was changed meanwhile. Run the same command again.")
                write_whole(target / place, page.content or page.before)
                if other is None:
                    renew_text(page.record)
            for line in page.lines:
                accepted = line.laid.accepted and not line.is_persons
                outcome = "a person's" if line.is_persons else "given" if accepted else "left as read"
                rows.append((str(place), line.line, line.laid.likeness, outcome, line.read, line.laid.text))
                given += accepted
                lines += 1
        write_whole(target / "align.csv", csv_text(rows, "plain", 2).encode("utf-8-sig"))
    listed = target / "align.csv"
    say(f"{given} of {lines} lines were given words of the transcription; all are listed in {listed}.")
