"""The train command: a hand learnt from corrected pages, or without a person; and what to correct next."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocr.cli.terminal import say
from ocr.errors import DependencyError, SettingsError

if TYPE_CHECKING:
    from ocr.train.fine_tuning import FineTuneSettings


@dataclass(frozen=True, slots=True)
class TrainFlags:
    """What the command is asked."""

    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="TEI, tables of picture<TAB>text (*.tsv), or folders of them; with --self and --next also "
            "pictures of lines.",
        ),
    ]
    hand: Annotated[
        str,
        typer.Option(metavar="NAME", help="Name of the hand; the model gets it. With --self: the folder's."),
    ] = ""
    alone: Annotated[
        bool,
        typer.Option("--self", help="Learn without a person, from what can be read of these pages already."),
    ] = False
    following: Annotated[
        bool, typer.Option("--next", help="Learn nothing: list what to transcribe next, best first.")
    ] = False
    scans: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the scans are (beside the TEI, or ./scans).")
    ] = None
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Where the model and its card go.")
    ] = Path("models")
    model: Annotated[
        Path | None,
        typer.Option(metavar="FILE.onnx", help="Begin from this model, not from the shipped one."),
    ] = None
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Learn from all lines with a text, not only from those a person vouches for."
        ),
    ] = False
    minutes: Annotated[float, typer.Option(min=0.1, max=600, help="Time for learning.")] = 4.0
    seed: Annotated[int, typer.Option(help="The same seed on the same machine learns the same.")] = 1

    @property
    def name(self) -> str:
        """Of the hand. SettingsError when none is told, or what cannot name a file."""
        first = self.files[0].resolve()
        name = self.hand or ((first if first.is_dir() else first.parent).name if self.alone else "")
        if not name or any(c in name for c in "/\\\0") or name.startswith("."):
            raise SettingsError(f"{name!r} is no name for a hand (--hand); use letters, digits, - and _.")
        return name

    @property
    def start(self) -> Path:
        """The model to begin from."""
        from ocr.engines.cursive import SHIPPED

        return self.model or SHIPPED


def train(flags: TrainFlags) -> None:
    """Learn a hand from its corrected lines: 25 lines and a few minutes make a difference.

    Writes DIR/NAME.onnx and its card, says how many letters were misread before and after on lines held back,
    and what 20 more lines would likely bring. With --self nothing need be corrected: the pages of one hand
    teach by what is read in them surely. Nothing is written when learning did not help (exit code 0).
    \f
    SettingsError for flags that do not go together, DependencyError without torch or onnx.
    """
    if flags.alone and (flags.following or flags.every):
        raise SettingsError("--self goes with neither --next nor --all: it looks at no texts.")
    if flags.following:
        _list_next(flags)
        return
    name = flags.name
    try:
        from ocr.train.fine_tuning import FineTuneSettings
    except ModuleNotFoundError as error:
        if error.name not in {"torch", "onnx"}:
            raise
        raise DependencyError(
            "Learning needs torch and onnx; install them with: pip install 'tetradi[train]'."
        ) from error
    from ocr.workers import processors

    settings = FineTuneSettings(60 * flags.minutes, seed=flags.seed, threads=max(processors() // 2, 1))
    (_learn_alone if flags.alone else _learn_hand)(name, flags, settings)


def _learn_hand(name: str, flags: TrainFlags, settings: "FineTuneSettings") -> None:
    from ocr.evaluate.rates import EditCounts
    from ocr.recipe import Recipe
    from ocr.train.fine_tuning import MORE, fine_tune, rate_of
    from ocr.train.hands import known_lines, places_of

    lines = list(known_lines(flags.files, flags.scans, Recipe(), every=flags.every))
    say(f"{len(lines)} lines to learn from.")
    learnt = fine_tune(
        name,
        lines,
        flags.start,
        flags.output,
        settings,
        lambda steps, rate: say(f"  {steps} steps: {100 * rate:.1f} % on lines held back"),
    )
    if learnt.suspect:
        say(
            f"{len(learnt.suspect)} lines look mistranscribed and were left out: {places_of(learnt.suspect)}."
        )
    before, after = 100 * rate_of(learnt.before), 100 * rate_of(learnt.after)
    if learnt.model is None:
        typer.echo(f"Learning did not help ({before:.1f} % of letters misread before); nothing was written.")
        return
    total = sum(learnt.after, EditCounts())
    bounds = f"; 95 %: {_span(learnt.interval.low, learnt.interval.high)}" if learnt.interval else ""
    typer.echo(
        f"Letters misread on {len(learnt.after)} lines held back, without the language model: "
        f"{before:.1f} %, now {after:.1f} % ({total.errors} of {total.truth} letters{bounds})."
    )
    if learnt.with_more is not None:
        more = learnt.with_more
        typer.echo(
            f"{MORE} more lines would likely bring it to {100 * more.rate:.1f} % "
            f"({_span(more.low, more.high)}, as far as {total.truth} letters can tell)."
        )
    typer.echo(_USE.format(learnt.model))


def _learn_alone(name: str, flags: TrainFlags, settings: "FineTuneSettings") -> None:
    from ocr.recipe import Recipe
    from ocr.train.hands import seen_lines
    from ocr.train.self_training import SelfTrainingSettings, self_train

    lines = list(seen_lines(flags.files, flags.scans, Recipe()))
    say(f"{len(lines)} lines to learn from, their texts not looked at.")
    how = SelfTrainingSettings(learning=settings)
    learnt = self_train(name, lines, flags.start, flags.output, how, say)
    before, after = learnt.before, learnt.after
    typer.echo(
        f"{100 * learnt.believed:.0f} % of the letters were read surely enough to learn from. On lines not "
        f"learnt, the net alone is {100 * before.apart:.1f} % apart from the first reading, now "
        f"{100 * after.apart:.1f} %; {100 * before.doubt:.1f} % of letters are expected to be wrong, now "
        f"{100 * after.doubt:.1f} %."
    )
    if learnt.model is None:
        typer.echo("So learning does not help enough; nothing was written.")
    else:
        typer.echo(_USE.format(learnt.model))


def _list_next(flags: TrainFlags) -> None:
    from ocr.formats.metadata import is_done
    from ocr.recipe import Recipe
    from ocr.train.hands import seen_lines, within
    from ocr.train.page_selection import select_pages

    every = within(flags.files, pictures=True)
    done = [file for file in every if is_done(file)]
    left = [file for file in every if file not in set(done)]
    for place, ranked in enumerate(select_pages(seen_lines(left, flags.scans, Recipe()), flags.start), 1):
        typer.echo(f"{place:3}  {ranked.page.name}: {ranked.reason}")
    if done:
        names = ", ".join(file.name for file in done[:8]) + ("..." if len(done) > 8 else "")
        say(f"Left out, since a person is done with them: {len(done)} ({names}).")


def _span(low: float, high: float) -> str:
    return f"{100 * low:.1f} to {100 * high:.1f} %"


_USE = "Use it: ocr transcribe SCANS -o OUTPUT --model {}"
