"""What `import ocr` offers beside the record: a picture read, a file read back, two texts compared."""

import os
from dataclasses import replace
from pathlib import Path

from ocr.evaluate.pair import read
from ocr.evaluate.rates import EditCounts, Score, score
from ocr.evaluate.scores import EvaluateSettings, Report, evaluate
from ocr.page import Page
from ocr.recipe import Recipe, load_recipe
from ocr.scan.load import load_sheet
from ocr.scan.memory import Picture, scan_of_picture
from ocr.tei.flow import TextRules
from ocr.tei.parse import parse_tei
from ocr.text import PROFILES
from ocr.transcribe import read_sheet


def read_image(
    image: str | os.PathLike[str] | Picture,
    *,
    engine: str | None = None,
    model: str | os.PathLike[str] | None = None,
    recipe: Recipe | str | os.PathLike[str] | None = None,
    sheet: int = 1,
    name: str | None = None,
) -> Page:
    """The page that a picture shows: its lines with their places, words with a probability of being right.

    `image`: the path of a scan (JPEG, PNG, TIFF, PDF...; `sheet` counts from 1), a uint8 array grey (height,
    width) or red, green, blue (height, width, 3), or a picture of Pillow's. `engine`: auto, cursive,
    tesseract, both; `model`: another .onnx file of our recogniser; `recipe`: all settings, or their TOML
    file, before which `engine` and `model` go. `name` titles the page; else the file's name, or "image".

    Places are pixels of the upright picture: origin top left, x right, y down. Confidences are 0 to 1; None:
    not known. The same picture gives the same page; a file gives the record that `ocr transcribe` writes.

    TypeError for what is no picture, ScanError for one that cannot be read, SettingsError for an engine or a
    setting that is not known, DependencyError when an engine is not installed.

        page = ocr.read_image("scans/notebook/page-0001.jpg")
        for line in page.lines:
            print(line.text, line.outline.box)
    """
    if recipe is None:
        recipe = Recipe()
    chosen = recipe if isinstance(recipe, Recipe) else load_recipe(_path(recipe))
    if engine is not None:
        chosen = replace(chosen, engine=engine)
    if model is not None:
        chosen = replace(chosen, cursive=replace(chosen.cursive, model=os.fspath(model)))
    if isinstance(image, str | os.PathLike):
        path = Path(image)
        scan = load_sheet(path, sheet, dpi=chosen.scan.dpi)
        title = name or (f"{path.stem}.p{sheet:04}" if scan.source.sheets > 1 else path.stem)
    else:
        title = name or "image"
        scan = scan_of_picture(image, title)
    return read_sheet(scan, chosen, name=title)


def read_tei(source: str | os.PathLike[str] | bytes) -> Page:
    """The page that a record of ours holds, as the machine or a person left it; a path, or the bytes.

    What comes back equal, and what does not, `ocr.tei.parse.parse_tei` lists. RecordError when it is no TEI
    of ours, TypeError when it is neither path nor bytes.

        page = ocr.read_tei("output/notebook/page-0001.xml")
    """
    return parse_tei(source if isinstance(source, bytes) else _path(source))


def cer(truth: str | os.PathLike[str], found: str | os.PathLike[str]) -> EditCounts:
    """Character errors of `found` against `truth`: `.rate` (errors per letter of the truth), and the counts
    it is made of: `.errors`, `.truth`, `.substitutions`, `.insertions`, `.deletions`.

    A str is the text itself; a Path is a file (text, TEI, PAGE, ALTO, hOCR). Letters are graphemes, line ends
    count as spaces, nothing is forgiven (profile strict). The rate of an empty truth is None, unless nothing
    was found: 0. ScanError or RecordError for a file that cannot be read, TypeError for anything else.

        ocr.cer("конь", "кони").rate  # 0.25
    """
    return compare(truth, found).letters


def wer(truth: str | os.PathLike[str], found: str | os.PathLike[str]) -> EditCounts:
    """Word errors of `found` against `truth`; a word is what stands between spaces. All else as in `cer`.

    ScanError, RecordError, TypeError as there.

        ocr.wer("старый конь", "старый кони").rate  # 0.5
    """
    return compare(truth, found).words


def compare(truth: str | os.PathLike[str], found: str | os.PathLike[str], profile: str = "strict") -> Score:
    """Letters and words of `found` against `truth`: `.cer`, `.wer`, and `.letters`, `.words` with the counts.

    A str is the text itself; a Path is a file. `profile` says what is no difference: strict (nothing),
    lenient (ё and е, shapes of dashes and quotes), reading (also old spelling, case, punctuation). Scores of
    several pages add with `+`. ValueError for another profile; ScanError, RecordError, TypeError as in `cer`.

        ocr.compare("Онъ пришелъ", "он пришел", "reading").cer  # 0.0
    """
    known = {each.name: each for each in PROFILES}
    if profile not in known:
        raise ValueError(f"There is no profile {profile!r}; known: {', '.join(known)}.")
    return score(_text(truth), _text(found), known[profile])


def compare_files(
    truth: str | os.PathLike[str], found: str | os.PathLike[str], settings: EvaluateSettings | None = None
) -> Report:
    """What `ocr evaluate TRUTH FOUND` counts: two files, or two folders whose files have the same names.

    `.totals` has a row for each profile (`.micro.cer`, `.micro.wer`), `.pages` the same for each page, with
    its lines. ComparisonError when a file has no partner (`ocr.evaluate.scores.EvaluateSettings` can leave it
    out) or nothing can be compared; ScanError, RecordError for a file that cannot be read; TypeError for
    what is no path.

        report = ocr.compare_files("ground_truth/notebook", "output/notebook")
        report.totals[0].micro.cer
    """
    return evaluate(_path(truth), _path(found), settings)


def _text(source: str | os.PathLike[str]) -> str:
    if isinstance(source, str):
        return source
    return "\n".join(read(_path(source), TextRules()).leaves)


def _path(source: str | os.PathLike[str]) -> Path:
    if isinstance(source, str | os.PathLike):
        return Path(source)
    raise TypeError(f"A {type(source).__name__} is neither a text nor a path; give a str or a pathlib.Path.")
