"""The way out to a terminal, whatever letters it knows, and whether or not there is one."""

import codecs
import os
import sys
from collections.abc import Collection
from enum import StrEnum
from io import TextIOWrapper
from typing import TypeVar

import typer

from ocr.errors import SettingsError

CSV_DIALECTS = ("plain", "excel-ru")
"""excel-ru: semicolons and decimal commas."""
Named = TypeVar("Named", bound=StrEnum)

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
