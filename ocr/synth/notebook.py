"""Whole notebooks: scans with their truth, the same bytes for the same seed."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ocr.arrays import ColourImage
from ocr.errors import SettingsError
from ocr.files import write_whole
from ocr.page import Kind, Page, Source
from ocr.synth.camera import Lie, Look, ink_of, lie_down, photograph
from ocr.synth.compose import Habits, Written, compose, folio
from ocr.synth.letters import check_letters, unknown_letters
from ocr.synth.paper import Leaf, Paper, draw_leaf
from ocr.synth.pen import Sheet
from ocr.synth.spelling import apostrophe, old_spelling
from ocr.synth.text import PROSE
from ocr.synth.truth import page_of
from ocr.synth.writer import Style, Writer, draw_writer
from ocr.tei.write import to_tei
from ocr.text import nfc, squeeze

_MOST_WORDS = 2000
"""More than any scan holds."""
_SIZES_MM = ((165.0, 205.0), (170.0, 210.0), (148.0, 210.0), (176.0, 220.0))


@dataclass(frozen=True, slots=True)
class NotebookSettings:
    """What kind of notebook is made."""

    style: Style = Style.MIXED
    """Region of hands."""
    paper: Paper = Paper.MIXED
    """What is printed on the paper."""
    look: Look = Look.MIXED
    """What took the picture."""
    dpi: int | None = None
    """Resolution, 100 to 600; None draws 150 to 300 for every scan."""
    scans_per_hand: int = 1
    """After so many scans another writer goes on."""
    spreads: float = 0.25
    """Share of scans that show two pages."""
    lines: int | None = None
    """At most so many lines on a page."""
    size_mm: tuple[float, float] | None = None
    """Width and height of a leaf; None draws one."""
    skip_unknown: bool = False
    """Leave out characters that no hand can write, instead of failing."""
    modern: bool = False
    """Write the text as it stands, without the spelling of another time."""
    once: bool = False
    """Stop where the text ends, instead of beginning it anew."""
    habits: Habits = field(default_factory=Habits)
    """How often words are struck, inserted, underlined, noted in the margin."""


@dataclass(frozen=True, slots=True)
class Made:
    """One synthetic scan."""

    page: Page
    """Its truth; the picture it speaks of is `jpeg`."""
    jpeg: bytes
    pixels: ColourImage
    """(height, width, 3), before JPEG."""
    text: str
    """The transcription: all lines but struck ones, in reading order."""


def make(
    folder: Path, count: int, seed: int, settings: NotebookSettings, text: str | None = None
) -> list[Path]:
    """Writes NAME.jpg, NAME.xml (TEI) and NAME.txt for `count` scans; gives the pictures' paths.

    SettingsError: nothing to write, a character no hand can write, a resolution out of range, a word that
    fits no line. OutputError: the folder cannot be written.
    """
    paths = []
    for made in notebook(count, seed, settings, text):
        stem = made.page.name
        for name, content in (
            (f"{stem}.jpg", made.jpeg),
            (f"{stem}.xml", to_tei(made.page)),
            (f"{stem}.txt", made.text.encode()),
        ):
            write_whole(folder / name, content)
        paths.append(folder / f"{stem}.jpg")
    return paths


def notebook(count: int, seed: int, settings: NotebookSettings, text: str | None = None) -> Iterator[Made]:
    """So many scans; the text (our own prose by default) runs on from one to the next.

    SettingsError as in `make`.
    """
    words = _words(text, settings)
    if settings.dpi is not None and not 100 <= settings.dpi <= 600:
        raise SettingsError(f"{settings.dpi} dpi is out of range; choose 100 to 600.")
    hands = np.random.default_rng((seed, 1))
    writer, spelt = _hand(hands, settings, words)
    at, torn = 0, ""  # the next word, and the end of one divided at the foot of the page before
    for number in range(count):
        if number and number % max(settings.scans_per_hand, 1) == 0:
            writer, spelt = _hand(hands, settings, words)
        if settings.once and at >= len(spelt) and not torn:
            return
        ahead = list(islice(spelt if settings.once else cycle(spelt), at, at + _MOST_WORDS))
        given = [torn, *ahead] if torn else ahead
        rng = np.random.default_rng((seed, 2, number))
        made, left = _scan(rng, writer, given, settings, number + 1)
        done = len(given) - len(left)
        torn = left[0] if left and left[0] != given[done] else ""
        at += max(len(ahead) - len(left) + bool(torn), 0)
        if not settings.once:
            at %= len(spelt)
        yield made


def _words(text: str | None, settings: NotebookSettings) -> list[str]:
    text = squeeze(nfc(PROSE.read_text(encoding="utf-8") if text is None else text))
    if settings.skip_unknown:
        strange = unknown_letters(text)
        text = squeeze("".join(c for c in text if c not in strange))
    else:
        check_letters(text)
    if not text:
        raise SettingsError("There is nothing to write: the text is empty. Give a text with letters in it.")
    return text.split(" ")


def _hand(rng: np.random.Generator, settings: NotebookSettings, words: list[str]) -> tuple[Writer, list[str]]:
    """A writer and the words as this writer spells them (as many as there were)."""
    writer = draw_writer(rng, settings.style)
    if settings.modern:
        return writer, words
    if writer.style is Style.CLERK or rng.random() < 0.15:
        spelt = old_spelling(" ".join(words), rng).split(" ")
    elif rng.random() < 0.4:
        spelt = [apostrophe(word) for word in words]
    else:
        spelt = words
    return writer, spelt


def _scan(
    rng: np.random.Generator, writer: Writer, words: list[str], settings: NotebookSettings, number: int
) -> tuple[Made, list[str]]:
    look = settings.look
    if look is Look.MIXED:
        look = [Look.SCAN, Look.PHOTO, Look.MICROFILM, Look.COPY][rng.choice(4, p=[0.45, 0.35, 0.12, 0.08])]
    dpi = settings.dpi or int(rng.choice([150, 200, 300]))
    leaves, left = _leaves(rng, writer, words, settings, dpi, number)
    sheets = [leaf for leaf, _ in leaves]
    size = (sum(leaf.width for leaf in sheets), max(leaf.height for leaf in sheets))
    lie = lie_down(rng, look, size, sheets[1].left if len(sheets) > 1 else None, dpi)
    finer = 2 if dpi <= 300 else 1
    ink = ink_of(lie, [line for _, written in leaves for line in written], finer)
    verso = _verso(rng, writer, left, lie, sheets) if left and rng.random() < 0.5 else None
    pencil = writer.style in (Style.QUICK, Style.PRINTED) and rng.random() < 0.35
    pixels = photograph(rng, look, lie, sheets, ink, verso, pencil)
    jpeg = _jpeg(pixels, dpi, int(rng.integers(60, 92)))
    name = f"page-{number:04d}"
    digest = hashlib.sha256(jpeg).hexdigest()
    source = Source(f"{name}.jpg", digest, lie.shape[1], lie.shape[0], "image/jpeg", dpi=float(dpi))
    facts = (("look", look.value), ("paper", sheets[0].paper.value), ("style", writer.style.value))
    page = page_of(name, source, lie, leaves, facts)
    rows = [line.text for line in page.lines if line.kind is not Kind.STRUCK]
    return Made(page, jpeg, pixels, "".join(f"{row}\n" for row in rows)), left


def _jpeg(pixels: ColourImage, dpi: int, quality: int) -> bytes:
    jpeg = io.BytesIO()
    Image.fromarray(pixels).save(jpeg, "JPEG", quality=quality, dpi=(dpi, dpi))
    return jpeg.getvalue()


def _leaves(
    rng: np.random.Generator,
    writer: Writer,
    words: list[str],
    settings: NotebookSettings,
    dpi: int,
    number: int,
) -> tuple[list[tuple[Leaf, list[Written]]], list[str]]:
    """One leaf, or the two of a spread, written on; and the words that are left."""
    size = settings.size_mm or _SIZES_MM[rng.integers(len(_SIZES_MM))]
    paper = settings.paper
    if paper is Paper.MIXED:
        paper = [p for p in Paper if p is not Paper.MIXED][rng.integers(len(Paper) - 1)]
    first = draw_leaf(rng, paper, dpi, size)
    sides = [first, replace(first, left=first.width)] if rng.random() < settings.spreads else [first]
    leaves: list[tuple[Leaf, list[Written]]] = []
    archivist = draw_writer(rng, Style.BALLPOINT)
    for side in sides:
        written, words = compose(rng, writer, side, words, settings.habits, settings.lines)
        if rng.random() < 0.4:
            written = [folio(rng, archivist, side, number), *written]
        leaves.append((side, written))
    return leaves, words


def _verso(rng: np.random.Generator, writer: Writer, words: list[str], lie: Lie, leaves: list[Leaf]) -> Sheet:
    """The writing of the other side, mirrored and soft: the text that goes on overleaf."""
    lines: list[Written] = []
    for leaf in leaves:
        lines += compose(rng, writer, leaf, words, Habits(0, 0, 0, 0))[0]
    ink = ink_of(lie, lines, 1)
    return np.asarray(cv2.GaussianBlur(ink[:, ::-1], (0, 0), 2.0), np.uint8)
