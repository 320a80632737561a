"""Of equally short alignments the one that loses or adds whole lines: a line end goes with its line."""

from ocr.evaluate.align import Alignment, Kind, Stretch
from ocr.evaluate.side import Ints, Side


def at_line_ends(alignment: Alignment, truth: Side, found: Side) -> tuple[Alignment, Ints, Ints]:
    """The alignment of the letters of two sides with as many errors, and the line of each letter of both.

    A stretch in one text only that begins at a line end and could as well begin behind it is moved there:
    a line left out then costs its own end, not that of the line before. A last line has no end of its own;
    where it is left out or added, the end before it counts to it. Chance hits inside a line left out are
    moved to where they leave it out in one piece, if that costs nothing.
    """
    truth_line, found_line = truth.letter_line, found.letter_line
    stretches = _gathered(alignment, truth.letters, found.letters)
    laid: list[Stretch] = []
    for at, stretch in enumerate(stretches):
        kind, t, t_end, f, f_end = stretch
        following = stretches[at + 1] if at + 1 < len(stretches) else None
        if kind is Kind.DELETION and _is_end(truth_line, t):
            if following is None:
                truth_line = truth_line.copy()
                truth_line[t] = truth_line[t + 1]
            elif following.kind is Kind.HIT and truth.letters[t] == truth.letters[t_end]:
                laid += [Stretch(Kind.HIT, t, t + 1, f, f + 1), Stretch(kind, t + 1, t_end + 1, f + 1, f + 1)]
                stretches[at + 1] = _later(following)
                continue
        if kind is Kind.INSERTION and _is_end(found_line, f):
            if following is None:
                found_line = found_line.copy()
                found_line[f] = found_line[f + 1]
            elif following.kind is Kind.HIT and found.letters[f] == found.letters[f_end]:
                laid += [Stretch(Kind.HIT, t, t + 1, f, f + 1), Stretch(kind, t + 1, t + 1, f + 1, f_end + 1)]
                stretches[at + 1] = _later(following)
                continue
        if stretch.length:
            laid.append(stretch)
    return Alignment(tuple(laid)), truth_line, found_line


def _is_end(line: Ints, at: int) -> bool:
    """Does a line end with this letter, and another follow?"""
    return at + 1 < len(line) and line[at] != line[at + 1]


def _later(hit: Stretch) -> Stretch:
    """The hit without its first letter."""
    return Stretch(hit.kind, hit.truth_start + 1, hit.truth_end, hit.found_start + 1, hit.found_end)


def _gathered(alignment: Alignment, truth: list[str], found: list[str]) -> list[Stretch]:
    """The stretches with two losses (or two additions) made one where the hit between fits beside both."""
    laid: list[Stretch] = []
    for stretch in alignment.stretches:
        laid.append(stretch)
        while len(laid) > 2 and _moved(laid, truth, found):
            pass
    return laid


def _moved(laid: list[Stretch], truth: list[str], found: list[str]) -> bool:
    """Makes the last three stretches two, if they are loss, hit, loss and letters allow."""
    first, hit, last = laid[-3:]
    kind = last.kind
    if first.kind is not kind or hit.kind is not Kind.HIT:
        return False
    if kind is Kind.DELETION:
        letters, start, end, behind, stop = truth, first[1], hit[1], last[1], last[2]
    elif kind is Kind.INSERTION:
        letters, start, end, behind, stop = found, first[3], hit[3], last[3], last[4]
    else:
        return False
    long = behind - end
    said = letters[end:behind]
    if letters[stop - long : stop] == said and stop - long >= behind:  # the hit fits behind both
        if kind is Kind.DELETION:
            f = hit.found_start
            laid[-3:] = [
                Stretch(kind, start, stop - long, f, f),
                Stretch(Kind.HIT, stop - long, stop, f, f + long),
            ]
        else:
            t = hit.truth_start
            laid[-3:] = [
                Stretch(kind, t, t, start, stop - long),
                Stretch(Kind.HIT, t, t + long, stop - long, stop),
            ]
    elif letters[start : start + long] == said and start + long <= end:  # or before both
        if kind is Kind.DELETION:
            f = hit.found_start
            laid[-3:] = [
                Stretch(Kind.HIT, start, start + long, f, f + long),
                Stretch(kind, start + long, stop, f + long, f + long),
            ]
        else:
            t = hit.truth_start
            laid[-3:] = [
                Stretch(Kind.HIT, t, t + long, start, start + long),
                Stretch(kind, t + long, t + long, start + long, stop),
            ]
    else:
        return False
    return True
