"""Lines of a report as cards: picture, truth and reading letter by letter, what went wrong."""

import unicodedata
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ocr.evaluate.lines import LineOutcome, LineScore
from ocr.evaluate.rates import Letters, letters_of
from ocr.evaluate.wording import percent, whole
from ocr.report.markup import Content, HtmlWording, Markup, joined, letter_mark, tag

AlignedPair = tuple[str, str]
"""A letter of the truth and what was found for it; "" on one side: added, or left out."""


class ErrorKind(StrEnum):
    """What an error is about, for those who look for their own."""

    CASE = "case"
    SPACE = "space"
    PUNCTUATION = "punctuation"
    OLD = "old"
    """A letter of the old spelling lost or invented."""
    MISREAD = "misread"
    LEFT_OUT = "leftout"
    ADDED = "added"


_OLD = frozenset("ѣіѳѵъѢІѲѴЪ")


def aligned_pairs(line: LineScore, rule: Letters = Letters.GRAPHEMES) -> Iterator[AlignedPair]:
    """The letters of both sides in pairs, as the alignment of the page has them: the unlike are `line.wrong`.

    `rule`: by which the line was scored. What the line end lost or got stands at an end of the line.
    """
    letters, at = letters_of(line.truth, rule), 0
    for (truth, found), place in zip(line.wrong, line.wrong_at, strict=True):
        yield from ((letter, letter) for letter in letters[at:place])
        at = max(at, place)
        yield truth, found
        at += truth != "" and letters[at : at + 1] == [truth]
    yield from ((letter, letter) for letter in letters[at:])


def kinds_of(pairs: Iterable[AlignedPair]) -> Counter[ErrorKind]:
    """How many errors of each kind; an error is counted once, under the first kind that fits."""
    return Counter(_kind(truth, found) for truth, found in pairs if truth != found)


def _kind(truth: str, found: str) -> ErrorKind:
    if truth.casefold() == found.casefold():
        return ErrorKind.CASE
    if " " in {truth, found}:
        return ErrorKind.SPACE
    if all(unicodedata.category(letter[0])[0] in "PSZ" for letter in (truth, found) if letter):
        return ErrorKind.PUNCTUATION
    if truth in _OLD or found in _OLD:
        return ErrorKind.OLD
    if not found:
        return ErrorKind.LEFT_OUT
    return ErrorKind.MISREAD if truth else ErrorKind.ADDED


@dataclass(frozen=True, slots=True)
class LinePicture:
    """The picture of a line."""

    jpeg: bytes
    guessed: bool = False
    """It shows where the line should be: nothing was found there."""


@dataclass(frozen=True, slots=True)
class Card:
    """A line worth looking at."""

    page: str
    place: int
    """Its number among all lines, in the order of the pages."""
    line: LineScore
    pairs: Sequence[AlignedPair]
    leaves: int = 1
    """Of the page."""
    hand: str = ""
    picture: LinePicture | None = None


def card(shown: Card, words: HtmlWording) -> Markup:
    """One line as an article."""
    line, counts = shown.line, shown.line.letters
    kinds = kinds_of(shown.pairs)
    kind_names = [str(kind) for kind in kinds]
    if line.outcome is not LineOutcome.READ:
        kind_names.append(str(line.outcome))
    rate = counts.rate
    number = line.truth_line if line.truth_line is not None else line.found_lines[0]
    where = "line.placeleaf" if shown.leaves > 1 else "line.place"
    if line.truth_line is None:
        where = "line.invented"
    head = [
        tag("b", words.say("line.errors", n=whole(counts.errors), n1=whole(counts.truth))),
        words.number(percent(rate, 0), class_="quiet"),
        tag("span", shown.page),
        words.element("span", where, {"n": str(number + 1), "n1": str(line.leaf + 1)}, class_="quiet"),
        tag("span", shown.hand, class_="quiet") if shown.hand else None,
        tag("span", *_tags(line, kinds, words), class_="tags"),
    ]
    truth, found = ("".join(letters) for letters in zip(*shown.pairs, strict=True))
    both = f"{words.plain('truth')}: {truth} / {words.plain('reading')}: {found}"
    return tag(
        "article",
        tag("header", *head),
        _picture(shown.picture, words),
        words.element("p", "line.struck", class_="quiet meta") if line.struck_line is not None else None,
        tag("p", both, class_="vh"),
        tag("div", *_pairs(shown.pairs), class_="pairs", aria_hidden="true"),
        class_="line",
        data_place=shown.place,
        data_errors=counts.errors,
        data_rate=round(rate, 4) if rate is not None else 999,
        data_page=shown.page,
        data_hand=shown.hand,
        data_kind="\n".join(kind_names),
        data_text=f"{truth}\n{found}\n{shown.page}\n{shown.hand}",
    )


def _tags(line: LineScore, kinds: Mapping[ErrorKind, int], words: HtmlWording) -> list[Content]:
    fate = line.outcome if line.struck_line is None else "struck"
    fates = [] if fate == LineOutcome.READ else [words.element("span", f"fate.{fate}", class_="fate")]
    counts = sorted(kinds.items(), key=lambda pair: -pair[1])
    return [*fates, *(tag("span", words.say(f"kind.{kind}"), f" {count}") for kind, count in counts)]


def _picture(picture: LinePicture | None, words: HtmlWording) -> Content:
    if picture is None:
        return None
    source = f"data:image/jpeg;base64,{b64encode(picture.jpeg).decode()}"
    name = words.label("line.guessed" if picture.guessed else "line.picture")
    caption = words.element("p", "line.guessed", class_="quiet meta") if picture.guessed else None
    return joined([tag("img", src=source, alt="", role="img", loading="lazy", **name), caption])


def _pairs(pairs: Sequence[AlignedPair]) -> list[Content]:
    """Truth above, reading below; letters alike are kept together in runs that end with a space."""
    cells: list[Content] = []
    run = ""
    for truth, found in [*pairs, ("", "")]:
        if truth == found and truth:
            run += truth
            if not truth.isspace():
                continue
        if run:
            cells.append(tag("span", tag("b", run), tag("i", run)))
            run = ""
        if truth == found:
            continue
        kind = "s" if truth and found else "d" if truth else "a"
        above, below = letter_mark(truth) if truth else "+", letter_mark(found)
        cells.append(tag("span", tag("b", above), tag("i", below), class_=kind))
    return cells


def legend(words: HtmlWording) -> Markup:
    """What colours and signs of the cards mean."""
    parts = (("s", "и", "н", "key.misread"), ("d", "и", "∅", "key.leftout"), ("a", "+", "и", "key.added"))
    entries = []
    for kind, above, below, key in parts:
        pair = tag("span", tag("b", above), tag("i", below), class_=kind)
        entries.append(tag("span", tag("span", pair, class_="pairs", aria_hidden="true"), words.say(key)))
    return tag("div", *entries, class_="key")
