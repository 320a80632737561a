"""The way out to a terminal, whatever letters it knows, and whether or not there is one."""

import codecs
import inspect
import os
import sys
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TypeVar, get_type_hints

import typer

from ocr.errors import RecordError, SettingsError

Named = TypeVar("Named", bound=StrEnum)
Flags = TypeVar("Flags")

_PLAIN = {"\u202f": " ", "\u00a0": " ", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2022": "*"}
_PLAIN |= {"\u2026": "...", "\u2205": "0", "\u2423": "_"}
"""Signs of our tables and what stands for them where they cannot be shown."""


def _plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """Signs of ours become plain ones, any other character its number (\\u0463)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    shown = []
    for sign in error.object[error.start : error.end]:
        plain = _PLAIN.get(sign)
        shown.append(sign.encode("ascii", "backslashreplace").decode() if plain is None else plain)
    return "".join(shown), error.end


codecs.register_error("ocr_plainly", _plainly)


def make_ready() -> None:
    """No letter stops standard output or standard error; where one of them is closed, nothing is shown."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # started without it, as a daemon may be
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (open to the end)
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="ocr_plainly")


def knows_all_letters() -> bool:
    """Can standard output take any letter as it is?"""
    return codecs.lookup(getattr(sys.stdout, "encoding", None) or "ascii").name.startswith("utf")


def say(text: str) -> None:
    """Words to the user go to standard error; standard output is for data."""
    typer.echo(text, err=True)


def one_of(kind: type[Named], name: str, what: str) -> Named:
    """The member of an enumeration by its name; SettingsError names the known ones."""
    return kind(one_of_names(list(kind), name, what))


def one_of_names(known: Collection[str], name: str, what: str) -> str:
    """The name, if it is a known one; SettingsError names those."""
    if name not in known:
        raise SettingsError(f"There is no {what} {name!r}; known: {', '.join(known)}.")
    return name


def records_in(paths: Iterable[Path]) -> list[Path]:
    """The TEI files named, and those in the folders named; RecordError when there is none."""
    from ocr.tei.validate import records_below

    files = [file for path in paths for file in records_below(path)]
    if not files:
        raise RecordError(f"No .xml file in {', '.join(map(str, paths))}. Give TEI files, or their folder.")
    return files


def command(work: Callable[[Flags], None], flags: type[Flags]) -> Callable[..., None]:
    """A command for typer whose options are the fields of a dataclass; `work` gets them as one value."""

    def run(**values: object) -> None:
        work(flags(**values))

    run.__name__, run.__doc__ = work.__name__, work.__doc__
    run.__annotations__ = get_type_hints(flags, include_extras=True)
    run.__signature__ = inspect.signature(flags)  # type: ignore[attr-defined]
    return run


def today() -> str:
    """The day that dates the records of this run: today by the clock of the machine, or the one that
    SOURCE_DATE_EPOCH names, by which builds that must not differ from day to day are dated."""
    from datetime import UTC, datetime

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        day = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now().astimezone()
        return str(day.date())
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(
            f"SOURCE_DATE_EPOCH is {epoch!r}; it must be seconds since 1970, or not set at all."
        ) from error
