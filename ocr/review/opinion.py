"""A second opinion: where another transcription of a page reads other letters, nobody knows who is right."""

from collections.abc import Sequence
from dataclasses import replace

from ocr.alignment.letters import fold
from ocr.corrections.tokens import Token, TokenRival
from ocr.corrections.view import LineView, RecordView
from ocr.review.priority import UNKNOWN
from ocr.review.threeway import pairs_of_lines, side_by_side
from ocr.tei.names import STATES


def doubted(record: RecordView, other: RecordView) -> RecordView:
    """The record as the desk shows it beside another transcription of the page.

    A word of the machine's that has other letters there is right with a chance of `UNKNOWN` at most, and the
    other word is the first of its other readings. Case, signs and old spelling (see `fold`) are no
    difference; words that a person answered for, and lines that one accepted, stay as they are.
    """
    lines = {
        ours.ident: _line(ours, theirs)
        for ours, theirs in pairs_of_lines(record.lines, other.lines)
        if ours is not None and theirs is not None and theirs.tokens and ours.state == STATES[0]
    }
    return replace(record, lines=tuple(lines.get(line.ident, line) for line in record.lines))


def _line(ours: LineView, theirs: LineView) -> LineView:
    tokens: list[Token] = []
    for pair in side_by_side(ours.tokens, theirs.tokens):
        differs = not pair.same and _letters(pair.ours) != _letters(pair.theirs)
        if differs and not pair.ours and tokens:  # words that only they have
            tokens[-1] = _token(tokens[-1], ())
        tokens += (_token(token, pair.theirs) if differs else token for token in pair.ours)
    return replace(ours, tokens=tuple(tokens))


def _letters(tokens: Sequence[Token]) -> str:
    return "".join(fold(token.text) for token in tokens)


def _token(token: Token, theirs: Sequence[Token]) -> Token:
    """A word that the other transcription does not have so."""
    if token.by is not None or token.gap is not None:
        return token
    cert = UNKNOWN if token.cert is None else min(token.cert, UNKNOWN)
    texts = [each.text for each in theirs if each.text] if len(theirs) == 1 else []
    rivals = (
        *(TokenRival(text, None) for text in texts),
        *(rival for rival in token.rivals if rival.text not in texts),
    )
    return replace(token, cert=cert, rivals=rivals)
