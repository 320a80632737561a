"""What is asked: words, "phrases", beginnings*, words NEAR each other. Any text is a query; nothing of it
reaches the database but keys, which are letters and digits."""

import re
from dataclasses import dataclass

from ocr.errors import SettingsError
from ocr.search.folding import LEAST_STEM, edits_allowed, is_form, key_of, nearness, stem_of
from ocr.search.record import Item

NEAR_WORDS = 5
"""So many words may stand between words that are NEAR each other, if the query does not say."""
MOST_BETWEEN, MOST_TERMS = 50, 12
_PIECES = re.compile(r'"([^"]*)"?|(\S+)')
_NEAR = re.compile(r"(?:NEAR|РЯДОМ)(?:/([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is looked for."""

    key: str
    is_prefix: bool = False
    with_endings: bool = True
    edits: int = 0
    """So many of its letters may be otherwise."""

    def stem(self) -> str:
        """What its forms begin with."""
        return stem_of(self.key) if self.with_endings and not self.is_prefix else self.key

    def holds(self, key: str, stem: str) -> bool:
        """Is a key this word, one of its forms, or a word that begins so? `stem` is its own."""
        if self.is_prefix:
            return key.startswith(self.key)
        return key == self.key or (self.with_endings and is_form(key, stem))


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that stand one after the other."""

    terms: tuple[Term, ...]
    near: int | None = None
    """So many words at most stand between the clause before and this one; None: anywhere on the line."""


@dataclass(frozen=True, slots=True)
class Query:
    """Clauses that all stand on a line, or run on into the next."""

    clauses: tuple[Clause, ...]


def parse_query(text: str, *, edits: int = 1, with_endings: bool = True) -> Query:
    """The query that a text is. `edits`: so many letters of a word may be otherwise, at most; of a beginning,
    and of a word written =so, none. SettingsError when no word is in it, or too many are."""
    clauses: list[Clause] = []
    near: int | None = None
    for match in _PIECES.finditer(text):
        phrase, word = match.groups()
        asked_near = None if word is None else _NEAR.fullmatch(word)
        if asked_near and clauses:
            near = min(int(asked_near[1] or NEAR_WORDS), MOST_BETWEEN)
            continue
        words = phrase.split() if word is None else [word]
        terms = tuple(term for each in words if (term := _term(each, edits, with_endings)))
        if terms:
            clauses.append(Clause(terms, near))
            near = None
    if not clauses:
        raise SettingsError(
            'Nothing to search: give a word, a "phrase", a beginning* or words NEAR each other.'
        )
    if sum(len(clause.terms) for clause in clauses) > MOST_TERMS:
        raise SettingsError(f"That are too many words for one query; give {MOST_TERMS} at most.")
    return Query(tuple(clauses))


def _term(word: str, edits: int, with_endings: bool) -> Term | None:
    is_exact, is_prefix = word.startswith("="), word.endswith("*")
    key = key_of(word)
    if not key:
        return None
    if is_prefix or is_exact:
        return Term(key, is_prefix, False)
    return Term(key, False, with_endings and len(key) >= LEAST_STEM, edits_allowed(key, edits))


def likelihood(item: Item, term: Term, stem: str, near: dict[str, int]) -> float:
    """The probability that a word of the record is the term: that of all its readings that are, and, when
    slips are allowed, of what the readings leave open as much as their nearness to the term gives.

    `near`: of spellings near the term, how many letters are otherwise.
    """
    right = of_part = rest = 0.0
    for key, likely, is_part in item.readings:
        if term.holds(key, stem):
            if is_part:
                of_part = max(of_part, likely)
            else:
                right += likely
        elif key in near:
            rest = max(rest, likely * nearness(near[key]))
    right = min(max(right, of_part), 1.0)
    return right + (1.0 - right) * rest
