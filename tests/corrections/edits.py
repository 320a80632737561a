"""What tests of corrections begin from, and what must hold after each of them."""

from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from ocr.corrections.changes import (
    CorrectLine,
    edit,
)
from ocr.corrections.letters import PARTIAL, Part, folded
from ocr.corrections.spans import Document
from ocr.corrections.tokens import MARKS, Gap, Token, line_break, line_tokens
from ocr.geometry import Point
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from tests.tei.made_pages import tokens as made_words

MARKED = (Path(__file__).parents[1] / "tei" / "golden" / "marks.xml").read_bytes()


L = "s1_r1_l"


WHO, WHEN = "И. Фамилия", "2026-11-22"


def words(content: bytes, line: str) -> tuple[Token, ...]:
    doc = Document(content)
    return line_tokens(doc, line_break(doc, line)).tokens


def said(tokens: tuple[Token, ...] | list[Token]) -> list[tuple[object, ...]]:
    return [token.reading for token in tokens]


def corrected(content: bytes, line: str, at: int, **parts: object) -> bytes:
    tokens = list(words(content, line))
    tokens[at] = replace(tokens[at], **parts)  # type: ignore[arg-type]
    return edit(content, CorrectLine(line, tuple(tokens)), WHO, WHEN)


def good(content: bytes) -> bytes:
    assert problems_of(load(content)) == []
    return content


marks = st.lists(st.sampled_from(MARKS), max_size=2, unique=True).map(
    lambda held: tuple(m for m in MARKS if m in held)
)


letters = st.text("абвѣі", min_size=1, max_size=4)


marked_letters = st.builds(Part, letters, st.sampled_from([(), *((mark,) for mark in PARTIAL)]))


@st.composite
def parted(draw: st.DrawFn) -> Token:
    """A word with marks on some of its letters."""
    end = Part(draw(st.sampled_from(["", ",", "».", "!"])))
    parts = [*draw(st.lists(marked_letters, min_size=2, max_size=4)), end]
    inner, whole = folded(parts, draw(marks.filter(lambda held: "abbr" not in held)))
    text = "".join(part.text for part in parts)
    return Token(text, marks=tuple(m for m in MARKS if m in whole), parts=inner)


new_tokens = st.one_of(
    parted(),
    st.builds(Token, made_words, marks=marks),
    st.builds(lambda t, e: Token(t, marks=("abbr",), expan=e), made_words, made_words),
    st.builds(lambda n: Token("", gap=Gap("illegible", n)), st.none() | st.integers(0, 30)),
)


@st.composite
def lines_of_tokens(draw: st.DrawFn, old: tuple[Token, ...]) -> list[Token]:
    """The old words with some changed, marked, taken out, put in, joined."""
    new: list[Token] = []
    for token in old:
        match draw(st.sampled_from("kkkkcmxij")):
            case "k":
                new.append(token)
            case "c":
                new.append(replace(token, text=draw(made_words), gap=None, parts=()))
            case "m" if token.gap is None:
                marked = draw(marks)
                expan = token.expan if "abbr" in marked else None
                new.append(replace(token, marks=marked, expan=expan, parts=()))
            case "i":
                new += [draw(new_tokens), token]
            case "j" if new and new[-1].gap is None and token.gap is None:
                new[-1] = replace(new[-1], text=new[-1].text + token.text, parts=())
            case _:
                pass
    return new + draw(st.lists(new_tokens, max_size=1))


POINTS = (Point(0, 5), Point(100, 5), Point(100, 50), Point(0, 50))


def all_words(content: bytes) -> list[str]:
    doc = Document(content)
    return [t.text or "*" for lb in doc.lines for t in line_tokens(doc, lb).tokens]


def without_header(content: bytes) -> bytes:
    return content[content.index(b"</teiHeader>") :]
