"""Engines for tests: one answers from a table, one fails every third line, one crashes, one hangs.

They are opened by dotted name in worker processes, as a stranger's engine would be.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import replace

from ocr.errors import EngineError, PageTimeoutError
from ocr.page import Line, Reading, Step, Word
from ocr.scan.leaf import Leaf

WORDS = ("Кризис", "об'явлен", "ВКП(б),", "рево-")


class Table:
    """Gives each line the next words of a table, in the line's own box."""

    steps = (Step("table", "answers from a table", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        return [
            Reading(self.steps[0].ident, (Word(WORDS[n % len(WORDS)], line.outline.box, 0.9),), 0.9)
            for n, line in enumerate(lines)
        ]


class Thirds(Table):
    """Fails on every third line."""

    steps = (Step("thirds", "fails every third line", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        good = super().read(leaf, lines, timeout_s=timeout_s)
        return [Reading("thirds", failure="out of ink") if n % 3 == 2 else one for n, one in enumerate(good)]


class Unsure(Table):
    """Knows no confidence."""

    steps = (Step("unsure", "knows no confidence", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        good = super().read(leaf, lines, timeout_s=timeout_s)
        return [Reading("unsure", tuple(Word(word.text, word.box) for word in one.words)) for one in good]


class Doubtful(Table):
    """Reads other words, and is not sure of them."""

    steps = (Step("doubtful", "is not sure", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        return [Reading("doubtful", (Word("может", line.outline.box, 0.6),), 0.6) for line in lines]


class Modest(Table):
    """Reads as the table does, and withholds what it has come to believe too much."""

    steps = (Step("modest", "withholds", "1.0", (("withheld", "1.5"),), reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        return [
            replace(one, words=tuple(replace(word, confidence=0.71) for word in one.words))
            for one in super().read(leaf, lines, timeout_s=timeout_s)
        ]


class Crash(Table):
    """Brings its process down."""

    steps = (Step("crash", "crashes", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        os._exit(3)


class Hang(Table):
    """Never answers and ignores its time limit."""

    steps = (Step("hang", "hangs", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        time.sleep(3600)
        return []


class Refuse(Table):
    """Gives up on the whole leaf."""

    steps = (Step("refuse", "refuses", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        raise EngineError("The engine refused this leaf.")


class Glutton(Table):
    """Wants more memory than it may have."""

    steps = (Step("glutton", "takes memory", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        bytearray(8 << 30)
        return []


class Slow(Table):
    """Reads for as long as it may, and then says so."""

    steps = (Step("slow", "is slow", "1.0", reads=True),)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        time.sleep(timeout_s or 0.0)
        raise PageTimeoutError("The reader saw its time end.")


def table(_: object) -> Table:
    return Table()


def thirds(_: object) -> Thirds:
    return Thirds()


def unsure(_: object) -> Unsure:
    return Unsure()


def doubtful(_: object) -> Doubtful:
    return Doubtful()


def modest(_: object) -> Modest:
    return Modest()


def crash(_: object) -> Crash:
    return Crash()


def hang(_: object) -> Hang:
    return Hang()


def refuse(_: object) -> Refuse:
    return Refuse()


def glutton(_: object) -> Glutton:
    return Glutton()


def slow(_: object) -> Slow:
    return Slow()
