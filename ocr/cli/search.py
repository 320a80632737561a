"""The search command: where words stand, or may stand, in a folder of records."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Annotated

import typer

from ocr.cli.index import renewed
from ocr.cli.terminal import knows_all_letters, one_of_names, say
from ocr.errors import OutputError, SettingsError
from ocr.spreadsheet import DIALECTS, csv_text

if TYPE_CHECKING:
    from ocr.geometry import Box
    from ocr.search.answer import Hit
    from ocr.search.places import HitPlace


_PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class SearchFlags:
    """What the command is asked."""

    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder with TEI files.")]
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='word, "a phrase", begin*, a NEAR b, =exactly.')
    ]
    edits: Annotated[int, typer.Option(min=0, max=2, help="Letters of a word that may be misread.")] = 1
    least: Annotated[
        float, typer.Option("--min-probability", metavar="P", min=0.0, max=1.0, help="Leave out less likely.")
    ] = 0.0
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many hits at most.")] = 50
    as_written: Annotated[
        bool, typer.Option("--as-written", help="No other endings of a word than the one given.")
    ] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print hits as JSON.")] = False
    as_csv: Annotated[bool, typer.Option("--csv", help="Print hits as a table for a spreadsheet.")] = False
    csv_dialect: Annotated[
        str, typer.Option(metavar="plain|excel-ru", help="excel-ru: semicolons and decimal commas.")
    ] = "plain"
    strips: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a picture of the line of each hit.")
    ] = None
    scans: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Folder with scans; else 'scans' beside OUTPUT, and OUTPUT."),
    ] = None
    no_renew: Annotated[
        bool, typer.Option("--no-renew", help="Do not bring the index up to the records before.")
    ] = False


def search(flags: SearchFlags) -> None:
    """Find words in records, corrected or not, with the probability that each hit is right.

    Case, old spelling and endings make no difference; what the machine read with doubt is found by what else
    it may be. Likeliest first.
    \f
    SettingsError for flags that do not go together, OutputError for an index that cannot be used.
    """
    from ocr.search.answer import answer
    from ocr.search.index import opened
    from ocr.search.places import places_of
    from ocr.search.query import parse_query

    if flags.as_json and flags.as_csv:
        raise SettingsError("--json and --csv are two answers; give one of them.")
    one_of_names(DIALECTS, flags.csv_dialect, "CSV dialect")
    try:
        query = parse_query(flags.query, edits=flags.edits, with_endings=not flags.as_written)
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="QUERY") from error
    with _waiting_told(flags.output):
        _up_to_date(flags)
        with opened(flags.output) as connection:
            hits = answer(connection, query, limit=flags.limit, least=flags.least)
    wants_places = flags.as_json or flags.as_csv or flags.strips is not None
    places = places_of(flags.output, hits) if wants_places else {}
    files: dict[Hit, Path] = {}
    if flags.strips is not None:
        from ocr.search.strips import write_strips

        scans = flags.scans or [flags.output.resolve().parent / "scans", flags.output]
        files, failed = write_strips(flags.output, places, scans, flags.strips)
        for reason in failed:
            say(f"No picture: {reason}")
    if flags.as_json:
        answered = {"query": flags.query, "hits": [_as_json(hit, places[hit], files) for hit in hits]}
        typer.echo(json.dumps(answered, ensure_ascii=not knows_all_letters(), indent=1, allow_nan=False))
    elif flags.as_csv:
        typer.echo(_as_csv(hits, places, files, flags.csv_dialect), nl=False)
    else:
        for hit in hits:
            typer.echo(f"{hit.probability:.2f}  {hit.page}, line {hit.number}: {hit.match}  |  {hit.text}")
        say(f"{len(hits)} hits" + (", more may be there: --limit" if len(hits) == flags.limit else ""))


@contextmanager
def _waiting_told(output: Path) -> Iterator[None]:
    """Says that the answer waits when it takes longer than a second while another run renews the index."""
    from ocr.search.index import is_being_renewed

    reason = "Another run is writing pages into the index; the answer waits for that."
    timer = Timer(_PATIENCE_S, say, (reason,))
    if is_being_renewed(output):
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _up_to_date(flags: SearchFlags) -> None:
    """Renews the index when records changed, or says that they did; does not wait for another run."""
    from ocr.search.index import changes, is_being_renewed, is_usable

    changed = changes(flags.output)
    if not changed:
        return
    behind = f"The index is behind: {len(changed.read)} pages changed, {len(changed.gone)} gone since."
    if flags.no_renew:
        say(behind)
        return
    if is_being_renewed(flags.output) and is_usable(flags.output):
        say(f"{behind} Another run is bringing it up: what is in it by now answers.")
        return
    try:
        renewed(flags.output)
    except OutputError as error:  # on a folder closed to us, or a full disk: what is there answers
        if not is_usable(flags.output):
            raise
        say(f"{behind} {error}")


def _as_json(hit: "Hit", place: "HitPlace", files: "Mapping[Hit, Path]") -> dict[str, object]:
    fields: dict[str, object] = {name: value for name, value in hit._asdict().items() if name != "spots"}
    boxes, file = [_sides(box) for box in place.boxes], files.get(hit)
    strip = None if place.strip is None else _sides(place.strip)
    return {**fields, "boxes": boxes, "strip": strip, "picture": None if file is None else str(file)}


def _sides(box: "Box") -> list[int]:
    return [round(side) for side in (box.left, box.top, box.right, box.bottom)]


def _as_csv(
    hits: "Sequence[Hit]", places: "Mapping[Hit, HitPlace]", files: "Mapping[Hit, Path]", dialect: str
) -> str:
    heads = ("page", "title", "line", "number", "word", "match", "probability", "text")
    sides = ("left", "top", "right", "bottom")
    rows: list[Sequence[str | float | None]] = [(*heads, *sides, "picture")]
    for hit in hits:
        boxes = places[hit].boxes
        place: Sequence[int | None] = _sides(boxes[0]) if boxes else [None] * len(sides)
        picture = files.get(hit)
        rows.append(
            [*(getattr(hit, head) for head in heads), *place, None if picture is None else str(picture)]
        )
    return csv_text(rows, dialect)
