"""The train command: a hand learnt from corrected pages."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ocr.errors import DependencyError, SettingsError


def train(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Corrected TEI, or tables of picture<TAB>text (*.tsv)."),
    ],
    hand: Annotated[str, typer.Option(metavar="NAME", help="Name of the hand; the model gets it.")],
    scans: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the scans are (beside the TEI, or ./scans).")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Where the model and its card go.")
    ] = Path("models"),
    model: Annotated[
        Path | None,
        typer.Option(metavar="FILE.onnx", help="Begin from this model, not from the shipped one."),
    ] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Learn from all lines with a text, not only from those a person vouches for."
        ),
    ] = False,
    minutes: Annotated[float, typer.Option(min=0.1, max=600, help="Time for learning.")] = 4.0,
    seed: Annotated[int, typer.Option(help="The same seed on the same machine learns the same.")] = 1,
) -> None:
    """Learn a hand from its corrected lines: 25 lines and a few minutes make a difference.

    Writes DIR/NAME.onnx and its card, says how many letters were misread before and after on lines held back,
    and what 20 more lines would likely bring. Nothing is written when learning did not help (exit code 0).
    """
    if not hand or any(c in hand for c in "/\\\0") or hand.startswith("."):
        raise SettingsError(f"{hand!r} is no name for a hand; use letters, digits, - and _.")
    from ocr.engines.cursive import SHIPPED
    from ocr.recipe import Recipe

    try:
        from ocr.train.adapt import AdaptSettings
        from ocr.train.hands import known_lines, told
        from ocr.train.learn import MORE, learn_hand
    except ModuleNotFoundError as error:
        if error.name not in {"torch", "onnx"}:
            raise
        raise DependencyError(
            "Learning needs torch and onnx; install them with: pip install 'tetradi[train]'."
        ) from error
    lines = list(known_lines(files, scans, Recipe(), every=every))
    typer.echo(f"{len(lines)} lines to learn from.", err=True)
    found = learn_hand(
        hand,
        lines,
        model or SHIPPED,
        output,
        AdaptSettings(seconds=60 * minutes, seed=seed, threads=max(len(os.sched_getaffinity(0)) // 2, 1)),
        lambda steps, rate: typer.echo(f"  {steps} steps: {100 * rate:.1f} % on lines held back", err=True),
    )
    if found.strange:
        typer.echo(
            f"{len(found.strange)} lines look mistranscribed and were left out: {told(found.strange)}.",
            err=True,
        )
    before, after = 100 * found.adapted.held_before, 100 * found.adapted.held_after
    if found.model is None:
        typer.echo(f"Learning did not help ({before:.1f} % of letters misread before); nothing was written.")
        return
    typer.echo(
        f"Letters misread on lines held back, without the language model: {before:.1f} %, now {after:.1f} %."
    )
    if found.with_more is not None:
        typer.echo(f"{MORE} more lines would likely bring it to {100 * found.with_more:.1f} %.")
    typer.echo(f"Use it: ocr transcribe SCANS -o OUTPUT --model {found.model}")
