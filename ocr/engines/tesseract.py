"""The pytesseract door: Tesseract reads the strips of a leaf, one process for all of them."""

import csv
import hashlib
import io
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pytesseract

from ocr.arrays import GreyImage
from ocr.engines import NO_TEXT, mean_confidence
from ocr.errors import DependencyError, EngineError, OutputError, PageTimeoutError, SettingsError, reason_of
from ocr.geometry import Affine, Box, Way
from ocr.lines import level_strip
from ocr.lines.strips import PALEST
from ocr.page import Line, Reading, Step, Word
from ocr.scan.leaf import Leaf
from ocr.settings import Between

_ROOM_BYTES = 1 << 16  # less is no room for a result
_MARGIN_PX = 12  # Tesseract wants white around a line
_LEAST_CURL_PX = 6.5  # it levels slight slopes of print itself, without interpolating pixels


@dataclass(frozen=True, slots=True)
class TesseractSettings:
    """How Tesseract is called."""

    language: str = "rus"
    """Names of its language data, joined by +, as Tesseract writes them."""
    strip_height_px: Annotated[int, Between(16, 1000)] = 80
    """Strips taller than this are reduced to it: large writing is read better and sooner."""
    psm: Annotated[int, Between(3, 13)] = 7
    """Page segmentation mode for a strip: 7 is one line of text."""
    oem: Annotated[int, Between(0, 3)] = 1
    """Recogniser: 1 is the neural one."""


@dataclass(frozen=True, slots=True)
class TesseractEngine:
    """Tesseract, found and with its language data."""

    settings: TesseractSettings
    steps: tuple[Step, ...]
    """It alone reads."""

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        """One reading per line (see Engine)."""
        if not lines:
            return []
        cuts = [level_strip(leaf, line, least_px=_LEAST_CURL_PX) for line in lines]
        # Temporary files, not images in memory: pytesseract hands PIL images over in the format they were
        # opened from, so a JPEG would be compressed a second time.
        with tempfile.TemporaryDirectory(prefix="strips-") as folder:
            homes = []
            names = []
            for number, (pixels, to_scan) in enumerate(cuts):
                name = Path(folder) / f"{number:04}.spix"
                try:
                    homes.append(_write_strip(name, pixels, to_scan, self.settings.strip_height_px))
                except OSError:
                    _ask_for_room()
                    raise
                names.append(str(name))
            listing = Path(folder) / "strips.txt"
            listing.write_text("\n".join(names) + "\n", encoding="utf-8")
            table = self._run(str(listing), len(lines), timeout_s)
        words_of_strips = words_by_strip(table, len(lines))
        return [self._reading(words, to_scan) for words, to_scan in zip(words_of_strips, homes, strict=True)]

    def _run(self, listing: str, strips: int, timeout_s: float | None) -> str:
        # Strips are dark on light: without being told, Tesseract reads doubtful lines a second time inverted.
        config = f"--psm {self.settings.psm} --oem {self.settings.oem} --dpi 300"
        config += " -c tessedit_do_invert=0 -c tessedit_create_tsv=1"
        try:
            table = pytesseract.pytesseract.run_and_get_output(
                listing, "tsv", self.settings.language, config, timeout=timeout_s or 0
            )
        except pytesseract.TesseractNotFoundError as error:
            raise DependencyError(_INSTALL) from error
        except pytesseract.TesseractError as error:
            _ask_for_room()
            raise EngineError(
                f"Tesseract stopped with code {error.status}: {error.message.strip()}"
            ) from error
        except RuntimeError as error:  # pytesseract's word for its timeout
            raise PageTimeoutError(
                "Tesseract did not finish in the time a page may take (--timeout)."
            ) from error
        except FileNotFoundError as error:  # killed before it wrote (out of memory, say)
            _ask_for_room()
            raise EngineError("Tesseract ended without writing its result.") from error
        # It says nothing of a disk that fills while it writes: every strip has a row of level 1.
        if len(re.findall("^1\t", str(table), re.MULTILINE)) < strips:
            _ask_for_room()
            raise EngineError("Tesseract ended before it had written its whole result.")
        return str(table)

    def _reading(self, words: list[tuple[str, Box, float | None]], to_scan: Way) -> Reading:
        placed = tuple(Word(text, to_scan.box(box), confidence) for text, box, confidence in words)
        failure = None if placed else NO_TEXT
        return Reading(self.steps[0].ident, placed, mean_confidence(placed), failure)


def _ask_for_room() -> None:
    """OutputError when the temporary folder is full, so that Tesseract is not blamed."""
    folder = tempfile.gettempdir()
    if shutil.disk_usage(folder).free < _ROOM_BYTES:
        raise OutputError(f"The temporary folder {folder} is full. Make room or set TMPDIR to another place.")


def words_by_strip(table: str, strips: int) -> list[list[tuple[str, Box, float | None]]]:
    """Tesseract's TSV as words per strip: text, box in strip pixels, confidence 0..1 or None for its -1.

    The table is split at tabs and nothing else: a word that begins with a quotation mark is a word, not the
    start of a quoted field.
    """
    words: list[list[tuple[str, Box, float | None]]] = [[] for _ in range(strips)]
    rows = csv.reader(io.StringIO(table, newline="\n"), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        if len(row) != 12 or row[0] != "5" or not row[11].strip():
            continue
        left, top, width, height = (float(value) for value in row[6:10])
        percent = float(row[10])
        confidence = None if percent < 0 else min(percent / 100, 1.0)
        for text in row[11].split():
            words[int(row[1]) - 1].append((text, Box(left, top, left + width, top + height), confidence))
    return words


def _write_strip(name: Path, pixels: GreyImage, to_scan: Way, height_px: int) -> Way:
    """Writes a strip, its paper white, with a white margin; returns the way home from its pixels."""
    step = max(1, -(-pixels.shape[0] // height_px))
    if step > 1:  # whole-number reduction: each pixel the mean of step x step
        tall, wide = -pixels.shape[0] % step, -pixels.shape[1] % step
        padded = np.pad(pixels, ((0, tall), (0, wide)), constant_values=255)
        places = product(range(step), range(step))
        total = sum(padded[down::step, across::step].astype(np.uint32) for down, across in places)
        pixels = np.asarray(total // step**2, np.uint8)
    # The grain of the paper: letters are read better without it, and Tesseract packs each line as PNG.
    clean = np.where(pixels > PALEST, np.uint8(255), pixels)
    name.write_bytes(_as_spix(np.pad(clean, _MARGIN_PX, constant_values=255)))
    return to_scan.after(Affine.scale(step)).after(Affine.shift(-_MARGIN_PX, -_MARGIN_PX))


def _as_spix(grey: GreyImage) -> bytes:
    """The picture as Leptonica, which reads for Tesseract, has it in memory (its format spix): it is read
    in one piece, where those of PGM are asked for byte by byte, a twentieth of all that Tesseract takes.

    Rows are whole words of 32 bits, in the order of bytes of the machine, with the first pixel in the highest
    byte.
    """
    height, width = grey.shape
    words = np.pad(grey, ((0, 0), (0, -width % 4))).view(">u4")
    head = np.array([width, height, 8, words.shape[1], 0, words.nbytes], np.uint32)  # 0: no palette
    return b"spix" + head.tobytes() + words.astype(np.uint32).tobytes()


_INSTALL = (
    "Tesseract is not installed. Run `make transcribe`, or install it: `apt-get install tesseract-ocr "
    "tesseract-ocr-rus` (Debian, Ubuntu), `brew install tesseract tesseract-lang` (macOS)."
)


def open_engine(settings: TesseractSettings) -> TesseractEngine:
    """Tesseract, ready; DependencyError when it or its data are missing, SettingsError for no language."""
    if not all(settings.language.split("+")):
        raise SettingsError(
            f"The languages {settings.language!r} hold an empty name; write rus, or several as rus+eng."
        )
    # One thread: pages are what we read in parallel, and its own threads cost more than they bring.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    command = shutil.which(pytesseract.pytesseract.tesseract_cmd)
    if command is None:
        raise DependencyError(_INSTALL)
    version = _ask(command, "--version").split("\n", 1)[0].removeprefix("tesseract").strip()
    listing = _ask(command, "--list-langs").splitlines()
    folder = Path(listing[0].split('"')[1]) if listing and listing[0].count('"') >= 2 else None
    digests = []
    for language in settings.language.split("+"):
        if language not in listing[1:]:
            raise DependencyError(
                f"Tesseract has no language data {language!r}. Install it: "
                f"`apt-get install tesseract-ocr-{language.replace('_', '-')}` (Debian, Ubuntu), "
                f"`brew install tesseract-lang` (macOS). It knows: {', '.join(listing[1:])}."
            )
        trained = folder / f"{language}.traineddata" if folder else None
        if trained and trained.is_file():
            digests.append(hashlib.sha256(trained.read_bytes()).hexdigest()[:16])
    provenance = (
        ("language", settings.language),
        ("language data", " ".join(digests) or "unknown"),
        ("psm", str(settings.psm)),
        ("oem", str(settings.oem)),
        ("inverted", "no"),
        ("strip height", f"{settings.strip_height_px} px"),
    )
    step = Step("tesseract", f"Tesseract ({settings.language})", version, provenance, reads=True)
    return TesseractEngine(settings, (step,))


def _ask(command: str, option: str) -> str:
    """What the program says of itself (it uses standard output or standard error, by version)."""
    try:
        answer = subprocess.run(
            [command, option], capture_output=True, text=True, encoding="utf-8", timeout=30, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DependencyError(
            f"{command} {option} does not answer: {reason_of(error)}. Reinstall Tesseract."
        ) from error
    return (answer.stdout or answer.stderr).strip()
