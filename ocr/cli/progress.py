"""What the user sees of a run while it goes on: a bar at once, what failed, the sum; and run.jsonl."""

import json
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from ocr.cluster.shards import part_inventory
from ocr.errors import INTERRUPTED, READ_IN_PART, SEVERAL_REASONS, OutputError
from ocr.files import INVENTORY, unlinked, why, write_whole

if TYPE_CHECKING:  # loaded when the bar is already seen
    from ocr.batch import Progress as Step
    from ocr.orders import HandOutcome, Outcome

_LATEST = 16
"""So many of the latest pages tell how long the next ones take."""
_NAMED = 5
"""So many files that were left alone are named on the screen; run.jsonl has all."""


def follow(
    begin: Callable[[], "Generator[Step]"],
    output: Path,
    *,
    jobs: int,
    halt_after: int,
    part: str = "",
) -> int:
    """Shows a run and writes its run.jsonl, or that of a part of a run; returns the exit code.

    `begin` is called when the bar is seen: what it imports and opens takes a second. Errors that stand before
    any page was read are raised, and leave the old run.jsonl alone; OutputError when that cannot be written.
    """
    screen = _Screen(jobs)
    sheets: dict[tuple[str, int], Outcome] = {}
    hands: list[HandOutcome] = []
    path = part_inventory(output, part) if part else output / INVENTORY
    with ExitStack() as stack:
        stack.enter_context(screen.bar)
        try:
            journal: TextIO | None = None
            again = False
            for step in stack.enter_context(closing(begin())):
                screen.show(step)
                if step.hand is not None:
                    hands.append(step.hand)
                if (outcome := step.outcome) is None:
                    continue
                if journal is None:
                    journal = stack.enter_context(_journal(path))
                again = again or (outcome.scan, outcome.sheet) in sheets
                sheets[outcome.scan, outcome.sheet] = outcome
                journal.write(_row(outcome))
            if journal is not None and not path.exists():
                raise OutputError(f"{path} was removed in the middle of the run. Run the same command again.")
            if journal is None and part:  # a shard without a page has told all it can
                write_whole(path, b"")
            if again or hands:  # a line for each sheet, the last that became of it, then one for each hand
                rows = "".join([*map(_row, sheets.values()), *map(_row, hands)])
                write_whole(path, rows.encode("utf-8", "backslashreplace"))
        except KeyboardInterrupt:
            stack.close()
            screen.say("Interrupted. What is done is kept; the same command goes on from here.")
            return INTERRUPTED
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {why(error)}") from error
        finally:
            screen.bar.live.transient = not sheets  # a bar that never moved says nothing
    tally = Counter(str(outcome.outcome) for outcome in sheets.values())
    codes = {outcome.exit_code for outcome in sheets.values()} | {hand.exit_code for hand in hands}
    codes.discard(0)
    left_alone = [name for outcome in sheets.values() for name in outcome.left_alone]
    renewed = sum(outcome.header_renewed for outcome in sheets.values())
    for name in left_alone[:_NAMED]:
        screen.say(f"left as it is: {name} was written or changed by somebody else")
    if len(left_alone) > _NAMED:
        screen.say(f"left as they are: {len(left_alone) - _NAMED} more such files")
    if renewed:
        screen.say(f"header renewed: {_pages(renewed)}, by what notebook.toml says now")
    for words in (*_of_hands(hands), *_of_pages(list(sheets.values()))):
        screen.say(words)
    if halt_after and tally["failed"] >= halt_after:
        screen.say(
            f"Stopped after {halt_after} failed pages (--halt-after). What is done is kept; "
            "the same command goes on from here."
        )
    screen.say(", ".join(f"{count} {what}" for what, count in tally.items()) + f"; details in {path}")
    if len(codes) > 1:
        codes.discard(READ_IN_PART)  # what was not read at all weighs more
    if not codes:
        return 0
    return codes.pop() if len(codes) == 1 else SEVERAL_REASONS


def _of_pages(sheets: Sequence["Outcome"]) -> Iterator[str]:
    """What the pages hold: those without text, and how much of the rest is expected to be right."""
    empty = [_named(sheet) for sheet in sheets if sheet.lines == 0]
    if empty:
        more = f" and {len(empty) - _NAMED} more" if len(empty) > _NAMED else ""
        yield f"no text found on {_pages(len(empty))}: {', '.join(empty[:_NAMED])}{more}"
    known = [sheet for sheet in sheets if sheet.mean_confidence is not None and sheet.words]
    if not known:
        return
    words = sum(sheet.words or 0 for sheet in known)
    right = sum((sheet.mean_confidence or 0.0) * (sheet.words or 0) for sheet in known) / words
    worst = min(known, key=lambda sheet: sheet.mean_confidence or 0.0)
    fewest = f"; fewest on {_named(worst)} ({worst.mean_confidence:.0%})" if len(known) > 1 else ""
    yield f"words expected right: {right:.0%} of {words}{fewest}"


def _named(sheet: "Outcome") -> str:
    return f"{sheet.scan}, sheet {sheet.sheet}" if sheet.sheet > 1 else sheet.scan


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def _of_hands(hands: Sequence["HandOutcome"]) -> Iterator[str]:
    """What became of the hands, in words; those that have nothing of their own to say stand together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for hand in hands:
        if hand.outcome not in {"learnt", "known"}:
            alike.setdefault((str(hand.outcome), hand.reason), []).append(hand.hand)
            continue
        before, now = hand.expected_cer_before, hand.expected_cer
        rates = (
            "" if before is None or now is None else f"; letters expected wrong {before:.1%}, now {now:.1%}"
        )
        learnt = f"hand {hand.hand}: {hand.outcome} from {hand.lines} lines, {_pages(hand.pages)}{rates}"
        is_told = hand.reason and (hand.outcome == "known" or hand.exit_code)
        yield f"{learnt}; {hand.model}" + (f" ({hand.reason})" if is_told else "")
    for (outcome, reason), names in alike.items():
        of = f"hand {names[0]}" if len(names) == 1 else f"{len(names)} hands ({', '.join(names[:_NAMED])})"
        yield f"{of}: {outcome}, first readings kept: {reason}"


def time_left_s(latest: Sequence[float], jobs: int, sheets: int) -> float | None:
    """How long so many more sheets take, by what the latest took; None when none was read yet."""
    return sum(latest) / len(latest) * sheets / min(jobs, max(sheets, 1)) if latest else None


class _Screen:
    """The bar, and the lines above it. Where there is no terminal, only the lines."""

    def __init__(self, jobs: int) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._latest: deque[float] = deque(maxlen=_LATEST)
        self._jobs = jobs
        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=self._console,
            refresh_per_second=4,
            disable=not self._console.is_terminal,
        )
        self._task = self.bar.add_task("starting", total=None, left="")

    def show(self, step: "Step") -> None:
        """One step of the run."""
        task = self.bar.tasks[self._task]
        if step.remark:
            self.say(step.remark)
        if step.learning:
            self.bar.update(self._task, description=_printable(f"learning {step.learning}"))
        if step.awaited is not None:
            name = step.awaited.scan.name + (
                f", sheet {step.awaited.sheet}" if step.awaited.sheet > 1 else ""
            )
            self.bar.update(self._task, description=_printable(name))
        if step.outcome is not None:
            self._latest.append(step.outcome.seconds)
            self.bar.update(self._task, advance=1)
            if step.outcome.exit_code:
                sheet = step.outcome
                self.say(f"{sheet.outcome}: {sheet.scan}, sheet {sheet.sheet}: {sheet.reason}")
        left = time_left_s(self._latest, self._jobs, step.known - int(task.completed))
        words = "" if left is None else f"{'' if step.counted else 'at least '}{_clock(left)} left"
        self.bar.update(self._task, total=step.known, left=words)

    def say(self, words: str) -> None:
        """A line to the user, on standard error."""
        self._console.print(words, markup=False)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _row(outcome: "Outcome | HandOutcome") -> str:
    return json.dumps(asdict(outcome), ensure_ascii=False, allow_nan=False) + "\n"


def _journal(path: Path) -> TextIO:
    """run.jsonl, a line at a time; a file name that is not UTF-8 is written with escapes."""
    return open(path, "w", encoding="utf-8", errors="backslashreplace", buffering=1, opener=unlinked)
