"""The command line: parses, calls once, prints, exits. Each command imports the rooms it needs."""

import os
import signal
import sys
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocr import __version__
from ocr.cli.align import AlignFlags, align
from ocr.cli.evaluate import EvaluateFlags, evaluate
from ocr.cli.export import ExportFlags, export
from ocr.cli.imports import ImportFlags, import_
from ocr.cli.index import index
from ocr.cli.review import review
from ocr.cli.search import SearchFlags, search
from ocr.cli.terminal import command, make_ready, one_of, one_of_names, records_in, say, today
from ocr.cli.train import TrainFlags, train
from ocr.cli.words import words
from ocr.errors import INTERRUPTED, OcrError, OutputError, RecordError, SettingsError
from ocr.files import is_of_drive, why
from ocr.stop import ASKED

if TYPE_CHECKING:
    from ocr.batch import Progress
    from ocr.orders import RunSettings

app = typer.Typer(
    name="ocr",
    help="Reads scans of Russian manuscripts and gives back TEI-XML with a confidence for every word.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help answers in a third of the time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_FORMATS = ("tei", "txt")


def main() -> None:
    """Runs the command line; an error the user can act on becomes one sentence and its own exit code."""
    make_ready()
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    # The terminal has gone; under nohup it may.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except OcrError as error:
        say(f"Error: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output (head, less) has gone
        _drop_output()
        sys.exit(0)
    except OSError as error:
        if error.filename is not None:  # a file of ours, not standard output
            if not is_of_drive(error):
                raise
            # it may fail at any call, also where a file is only looked for
            say(f"Error: {error.filename} cannot be used: {why(error)}")
            sys.exit(OutputError.exit_code)
        _drop_output()
        say(f"Error: the answer cannot be written to standard output: {error.strerror}. Send it elsewhere.")
        sys.exit(OutputError.exit_code)


def _drop_output() -> None:
    """What is still held for standard output is not tried again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupt(*_: object) -> None:
    ASKED.set()
    raise KeyboardInterrupt


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tetradi {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@dataclass(frozen=True, slots=True)
class TranscribeFlags:
    """What the command is asked."""

    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Scans or folders of scans.")]
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the TEI goes.")]
    engine: Annotated[
        str | None, typer.Option(help="Recognition engine: auto, cursive, tesseract, both.")
    ] = None
    lang: Annotated[
        str | None, typer.Option("--lang", "-l", help="Tesseract language data, e.g. rus or rus+eng.")
    ] = None
    model: Annotated[
        Path | None, typer.Option(metavar="FILE.onnx", help="Another model of our recogniser.")
    ] = None
    spelling: Annotated[
        str | None, typer.Option(help="Spelling our recogniser expects: auto, old, new, none.")
    ] = None
    binarizer: Annotated[
        str | None, typer.Option(help="How ink is parted from paper: ours, otsu, sauvola.")
    ] = None
    vocabulary: Annotated[
        Path | None,
        typer.Option(metavar="FILE.txt", help="Your own names and villages, which the reader favours."),
    ] = None
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Pages read at the same time; 0: one per processor.")
    ] = 0
    mode: Annotated[
        str,
        typer.Option(
            metavar="default|force|skip|redo",
            help="Pages already done: default reads again what changed, force all, skip none; "
            "redo reads all and keeps the words a person corrected.",
        ),
    ] = "default"
    recipe: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="Settings of every stage.")] = None
    timeout: Annotated[float, typer.Option(min=0, help="Seconds one page may take; 0: no limit.")] = 300.0
    memory: Annotated[int, typer.Option(min=0, help="MB one worker may take; 0: no limit.")] = 2000
    halt_after: Annotated[
        int, typer.Option("--halt-after", metavar="N", min=0, help="Stop when N pages failed; 0: never.")
    ] = 0
    dpi: Annotated[
        float | None, typer.Option(min=50, max=1200, help="Draw pages of PDFs, at this resolution.")
    ] = None
    explain: Annotated[
        bool, typer.Option("--explain", help="Also write a picture of what was found on each page.")
    ] = False
    learn: Annotated[
        bool,
        typer.Option(
            "--learn", help="Learn the hand of each folder from what was read of it, and read it again."
        ),
    ] = False
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Read only share I of N, on as many machines: see docs/cluster.md."),
    ] = None
    together: Annotated[
        bool,
        typer.Option("--together", help="Share the pages with other machines that run the same command."),
    ] = False
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS|local|FILE.json", help="Have a dask cluster read (docs/cluster.md)."),
    ] = None
    formats: Annotated[str, typer.Option("--format", help="What to write: tei, or tei,txt.")] = "tei"
    ink: Annotated[
        str | None,
        typer.Option(metavar="all|main", help="Of NAME.txt; main: without other inks, as a teacher's red."),
    ] = None

    def settings(self) -> "RunSettings":
        """What is asked of every page: the recipe with what the flags ask for; one not given changes nothing.

        SettingsError for what is not known, DependencyError for an engine that is not there.
        """
        from ocr.orders import Mode, RunSettings
        from ocr.recipe import Recipe, load_recipe
        from ocr.scan.binarize import BINARIZERS
        from ocr.tei.flow import Ink

        if self.binarizer is not None:
            one_of_names(BINARIZERS, self.binarizer, "binarizer")
        recipe = load_recipe(self.recipe) if self.recipe else Recipe()
        cursive = recipe.cursive
        chosen = replace(
            recipe,
            engine=self.engine or recipe.engine,
            tesseract=replace(recipe.tesseract, language=self.lang or recipe.tesseract.language),
            cursive=replace(
                cursive,
                model=str(self.model or cursive.model),
                vocabulary=str(self.vocabulary or cursive.vocabulary),
                spelling=self.spelling or cursive.spelling,
            ),
            ink=replace(recipe.ink, binarizer=self.binarizer or recipe.ink.binarizer),
            scan=replace(recipe.scan, dpi=self.dpi or recipe.scan.dpi),
        )
        return RunSettings(
            chosen,
            one_of(Mode, self.mode, "mode"),
            tuple(one_of_names(_FORMATS, part.strip(), "format") for part in self.formats.split(",")),
            self.explain,
            ink=one_of(Ink, self.ink, "choice of inks") if self.ink else None,
            timeout_s=self.timeout or None,
            when=today(),
        )


def transcribe(flags: TranscribeFlags) -> None:
    """Read scans into TEI: one file per page, words with places and confidence.

    A page is done when its TEI carries the fingerprint of scan, settings and engine: stop whenever you like
    and run the same command again. Corrected files are never overwritten. run.jsonl tells what became of
    every page. Exit code 0: all done; otherwise the code of what went wrong (see the guide), 6 when several
    pages failed for different reasons.
    """
    from ocr.cli.progress import follow
    from ocr.cluster.shards import own_name, parse_shard, put_together
    from ocr.workers import processors

    jobs = flags.jobs or processors()
    shard = parse_shard(flags.shard) if flags.shard else None
    if shard is not None and flags.together:
        raise SettingsError(
            "Give --shard or --together: either the shares are fixed, or machines take what is left."
        )
    if flags.cluster and flags.together:
        raise SettingsError("Give --cluster or --together: a cluster shares out the pages itself.")
    team = own_name() if flags.together else ""

    def begin() -> "Generator[Progress]":
        from ocr.batch import BatchSettings
        from ocr.batch import transcribe as run
        from ocr.hands import Hands

        how = BatchSettings(jobs, flags.memory, flags.halt_after, shard, team, flags.cluster or "")
        settings = flags.settings()
        hands = Hands(flags.output, settings) if flags.learn else None
        return run(flags.paths, flags.output, settings, how, hands)

    part = shard.name if shard else team
    part, code = shard.name if shard else team, INTERRUPTED
    try:
        code = follow(begin, flags.output, jobs=jobs, halt_after=flags.halt_after, part=part)
    finally:
        remark = put_together(flags.output, shard or team, flags.paths, ended=code != INTERRUPTED)
    if remark:
        say(remark)
    sys.exit(code)


app.command()(command(transcribe, TranscribeFlags))


@app.command()
def synth(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the scans go.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many scans.")] = 6,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 1,
    style: Annotated[
        str, typer.Option(help="Hands: mixed, school, clerk, quick, ballpoint, printed.")
    ] = "mixed",
    paper: Annotated[
        str, typer.Option(help="Paper: mixed, blank, ruled, squared, school, ledger.")
    ] = "mixed",
    text: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is written: plain text or .xz; else our own.")
    ] = None,
    dpi: Annotated[int | None, typer.Option(min=100, max=600, help="Resolution; else drawn.")] = None,
    skip: Annotated[
        bool, typer.Option("--skip-unknown", help="Leave out characters that no hand can write.")
    ] = False,
) -> None:
    """Make notebooks whose text, lines and words are known: NAME.jpg with NAME.xml (TEI) and NAME.txt."""
    from ocr.synth.notebook import NotebookSettings, make
    from ocr.synth.paper import Paper
    from ocr.synth.text import open_text
    from ocr.synth.writer import Style

    settings = NotebookSettings(
        style=one_of(Style, style, "style"),
        paper=one_of(Paper, paper, "paper"),
        dpi=dpi,
        skip_unknown=skip,
    )
    for path in make(output, count, seed, settings, open_text(text) if text else None):
        typer.echo(path)


app.command()(command(evaluate, EvaluateFlags))
app.command()(command(train, TrainFlags))
app.command()(review)
app.command()(words)
app.command()(index)
app.command()(command(search, SearchFlags))
app.command()(command(export, ExportFlags))
app.command("import")(command(import_, ImportFlags))
app.command()(command(align, AlignFlags))


@app.command()
def validate(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="TEI files, or folders with .xml files.")
    ],
) -> None:
    """Check TEI files and explain in plain words what is wrong with them. Exit code 10 when something is.

    TEI that goes beyond what tetradi writes (placeName, front) is told and is not wrong.
    \f
    RecordError when a file is not valid, or there is none.
    """
    from ocr.tei.validate import validate as check

    files, wrong = records_in(paths), 0
    for file in files:
        problems = check(file)
        for problem in problems:
            typer.echo(f"{file}:{problem.line}: {problem.message} {problem.advice}".rstrip())
        wrong += any(not problem.outside for problem in problems)
        if not problems:
            typer.echo(f"{file}: valid")
        elif all(problem.outside for problem in problems):
            typer.echo(f"{file}: nothing wrong, but more than tetradi writes")
    if wrong:
        raise RecordError(f"{wrong} of {len(files)} files not valid.")
