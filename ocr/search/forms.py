"""Spellings near a word: those the index reads with doubt, by length, each with the set of its letters.

A slip changes the set of letters by two letters at most; so sets that differ by more are passed over, many
millions in a hundredth of a second, and only what is left is compared letter by letter.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from ocr.search.folding import exchanged

LETTERS = "абвгдежзийклмнопрстуфхцчшщыьэюя0123456789abcdefghijklmnopqrstuvwxyz"
"""A word with any other is not looked at for slips."""
_CODES = {letter: bytes((code,)) for code, letter in enumerate(LETTERS)}
_BYTES = np.frombuffer("".join(LETTERS).encode("utf-32-le"), np.uint32)
_BITS = (np.uint32(1) << (np.arange(256, dtype=np.uint32) % 32)).astype(np.uint32)
SHORTEST, LONGEST = 3, 24
"""Lengths of words, in letters, that are looked at for slips."""
MOST_NEAR = 400
"""So many spellings near a word are searched, the nearest first."""


class NearForm(NamedTuple):
    """A spelling, and how many letters of it are otherwise."""

    key: str
    edits: int


def renew_forms(connection: sqlite3.Connection, columns: Sequence[str]) -> None:
    """Writes the spellings anew from such columns of the index."""
    connection.execute("DELETE FROM forms")
    by_length: dict[int, list[bytes]] = {}
    doubtful = ", ".join(f"'{column}'" for column in columns)
    terms = connection.execute(f"SELECT DISTINCT term FROM spellings WHERE col IN ({doubtful})")
    for (term,) in terms:
        codes = _codes(exchanged(term))
        if codes:
            by_length.setdefault(len(codes), []).append(codes)
    for length, some in by_length.items():
        _write(connection, length, 0, some)


def add_forms(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Adds spellings of some pages; some may be there already."""
    coded = sorted((codes for key in keys if (codes := _codes(key))), key=lambda each: (len(each), each))
    for length, some in groupby(coded, len):
        (last,) = connection.execute("SELECT max(part) FROM forms WHERE length = ?", (length,)).fetchone()
        _write(connection, length, 0 if last is None else last + 1, list(some))


def _write(connection: sqlite3.Connection, length: int, part: int, some: list[bytes]) -> None:
    letters = np.frombuffer(b"".join(some), np.uint8).reshape(-1, length)
    shapes = np.bitwise_or.reduce(_BITS[letters], axis=1)
    connection.execute(
        "INSERT INTO forms VALUES(?,?,?,?)", (length, part, shapes.tobytes(), letters.tobytes())
    )


def may_be_slip(key: str) -> bool:
    """Is a key looked at for slips at all? By its length and letters."""
    return bool(_codes(key))


def _codes(key: str) -> bytes:
    """The key with a byte for each letter; empty of one that is not looked at."""
    if not SHORTEST <= len(key) <= LONGEST:
        return b""
    try:
        return b"".join([_CODES[letter] for letter in key])
    except KeyError:
        return b""


def near_forms(connection: sqlite3.Connection, key: str, most: int) -> list[NearForm]:
    """Spellings at most so many letters (misread, left out, added, exchanged with the next) from a key, the
    nearest first; the key itself is none."""
    codes = _codes(key)
    if not codes or most < 1:
        return []
    shape = np.bitwise_or.reduce(_BITS[np.frombuffer(codes, np.uint8)])
    near: set[NearForm] = set()
    rows = connection.execute(
        "SELECT length, shapes, letters FROM forms WHERE length BETWEEN ? AND ?",
        (len(key) - most, len(key) + most),
    )
    for length, shapes, letters in rows:
        apart = np.bitwise_count(np.frombuffer(shapes, np.uint32) ^ shape)
        chosen = np.flatnonzero(apart <= 2 * most)
        table = np.frombuffer(letters, np.uint8).reshape(-1, length)[chosen]
        near.update(_compared(key, table, most))
    near.discard(NearForm(key, 0))
    return sorted(near, key=lambda form: (form.edits, form.key))[:MOST_NEAR]


def _compared(key: str, table: npt.NDArray[np.uint8], most: int) -> list[NearForm]:
    if not len(table):
        return []
    spelt = _BYTES[table].astype("<u4").view(f"<U{table.shape[1]}").ravel().tolist()
    edits = cdist([key], spelt, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
    return [NearForm(spelt[n], int(edits[n])) for n in np.flatnonzero(edits <= most)]
