"""Which found text belongs to which truth: files read, leaves kept apart, pairs made by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from ocr.errors import ComparisonError, ScanError, reason_of
from ocr.formats.found_lines import FoundLine, Leaves
from ocr.formats.leaves import HTML_SUFFIXES, is_other, leaves_of
from ocr.tei.flow import TextRules
from ocr.text import natural, nfc

# Of two files of one name the first kind is read: TEI is the record.
_SUFFIXES = (".tei.xml", ".xml", ".page.xml", ".alto.xml", *HTML_SUFFIXES, ".txt")
_LONGEST_FIRST = sorted(_SUFFIXES, key=len, reverse=True)
_HOCR = re.compile(rb"ocr_page|ocr-system|ocrx?_line|ocrx_word")
_PEEPED = 65536  # bytes of an HTML file in a folder in which it must call itself hOCR
_LEAF_OF_SPREAD = re.compile(r"^(.+)\.([0-9]{1,3})$")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SHOWN = 10  # names in an error; the rest is counted


@dataclass(frozen=True, slots=True)
class PageText:
    """What one side holds for one page: a text per leaf, its lines parted by newlines."""

    files: tuple[Path, ...]
    leaves: tuple[str, ...]
    gaps: int = 0
    """Places of which the file itself says that they are not read."""
    file_lines: Leaves | None = None
    """What the file tells of its lines beside their text; None of plain text."""
    given: "PageText | None" = None
    """The same as its file has it, where its lines are those of the other side."""

    @property
    def pieces(self) -> Leaves:
        """The lines of each leaf, as many as its text has."""
        if self.file_lines is not None:
            return self.file_lines
        return tuple(tuple(FoundLine(line) for line in leaf.split("\n")) for leaf in self.leaves)

    @property
    def text(self) -> str:
        """All leaves in order."""
        return "\n".join(self.leaves)


@dataclass(frozen=True, slots=True)
class Pair:
    """One page: its truth and what was found."""

    name: str
    truth: PageText
    found: PageText

    @property
    def leaves(self) -> tuple[tuple[str, str], ...]:
        """Truth and found, leaf by leaf when both sides have as many leaves, else both sides as a whole."""
        if len(self.truth.leaves) == len(self.found.leaves):
            return tuple(zip(self.truth.leaves, self.found.leaves, strict=True))
        return ((self.truth.text, self.found.text),)

    @property
    def pieces(self) -> tuple[tuple[tuple[FoundLine, ...], tuple[FoundLine, ...]], ...]:
        """The lines of `leaves`: those that `LineScore.truth_line` and `LineScore.found_lines` count."""
        truths, founds = self.truth.pieces, self.found.pieces
        if len(truths) == len(founds):
            return tuple(zip(truths, founds, strict=True))
        return ((tuple(chain(*truths)), tuple(chain(*founds))),)


class Pairing(NamedTuple):
    """The pages of two sides."""

    pairs: list[Pair]
    """In natural order of their names."""
    alone: list[Path]
    """Files that have no partner."""
    passed: tuple[Path, ...] = ()
    """XML files that hold no text of a page: METS, the data of an export."""


def pair(truth: Path, found: Path, rules: TextRules, *, allow_missing: bool = False) -> Pairing:
    """Which found text belongs to which truth.

    Two files are a pair whatever their names. In folders (searched with all their subfolders) a pair has
    the same relative folder and stem; NAME.1.txt, NAME.2.txt together pair with NAME. A file against a
    folder picks its partner there. Raises ComparisonError when a file has no partner and that is not
    allowed, or when there is no pair at all; ScanError or RecordError for a file that cannot be read.
    """
    for path in (truth, found):
        if not path.exists():
            raise ComparisonError(f"There is no file or folder {path}; check the name.")
    if truth.is_file() and found.is_file():
        return Pairing([Pair(name_of(truth), read(truth, rules), read(found, rules))], [])
    passed: list[Path] = []
    truths, founds = files_of(truth, passed), files_of(found, passed)
    if truth.is_file():
        founds = _related(name_of(truth), founds)
    if found.is_file():
        truths = _related(name_of(found), truths)
    partners, alone = _partners(truths, founds)
    other = _without_text(passed)
    if alone and not allow_missing:
        raise ComparisonError(
            f"No partner for {listed(alone)}. Give both sides the same names, or leave these out "
            "(--allow-missing)." + other
        )
    if not partners:
        raise ComparisonError(
            f"No text in {truth} has the name of one in {found}; nothing was compared.{other}"
        )
    pairs = [Pair(name, _joined(t, rules), _joined(f, rules)) for name, t, f in partners]
    return Pairing(pairs, alone, tuple(dict.fromkeys(passed)))


def read(path: Path, rules: TextRules) -> PageText:
    """The text of a TEI, PAGE, ALTO or hOCR file, or of a plain text file, which must be UTF-8."""
    if not path.name.lower().endswith((".xml", *HTML_SUFFIXES)):
        return PageText((path,), (_read_plain(path),))
    leaves = tuple(leaf or (FoundLine(""),) for leaf in leaves_of(path, rules)) or ((FoundLine(""),),)
    texts = tuple("\n".join(piece.text for piece in leaf) for leaf in leaves)
    return PageText((path,), texts, sum(piece.gaps for piece in chain(*leaves)), leaves)


def _read_plain(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ScanError(f"{path} cannot be read: {reason_of(error)}.") from error
    except UnicodeDecodeError as error:
        raise ScanError(
            f"{path} is not UTF-8 text (byte {error.start}); encodings are not guessed: save it as UTF-8."
        ) from error
    if _NOT_TEXT.search(text):
        raise ScanError(f"{path} is no plain text: it holds control characters. Give a text or TEI file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _joined(files: tuple[Path, ...], rules: TextRules) -> PageText:
    parts = [read(file, rules) for file in files]
    if len(parts) == 1:
        return parts[0]
    leaves = tuple(leaf for part in parts for leaf in part.leaves)
    is_plain = all(part.file_lines is None for part in parts)
    pieces = None if is_plain else tuple(chain(*(part.pieces for part in parts)))
    return PageText(files, leaves, sum(part.gaps for part in parts), pieces)


def _suffix(path: Path) -> str | None:
    """The ending that tells the kind of file, None when it is none of ours."""
    name = path.name.lower()
    return next((suffix for suffix in _LONGEST_FIRST if name.endswith(suffix)), None)


def name_of(path: Path) -> str:
    """The name of a file by which pairs are made: without its ending, composed."""
    suffix = _suffix(path)
    return nfc(path.stem if suffix is None else path.name[: -len(suffix)])


def files_of(root: Path, passed: list[Path] | None = None) -> dict[str, Path]:
    """Files by name: the relative folder and the stem.

    Hidden files, other formats, HTML that is no hOCR are passed over, and XML of no page, which is put into
    `passed`. ComparisonError when two files have one name, or no file has text.
    """
    if root.is_file():
        return {name_of(root): root}
    named: dict[str, tuple[int, Path]] = {}
    passed = [] if passed is None else passed
    for path in sorted(root.rglob("*")):
        inner, suffix = path.relative_to(root), _suffix(path)
        is_hidden = any(part.startswith(".") for part in inner.parts)
        if suffix is None or is_hidden or not path.is_file():
            continue
        if suffix in HTML_SUFFIXES and not _is_hocr(path):
            continue  # a report, say
        if suffix.endswith(".xml") and is_other(path):
            passed.append(path)
            continue
        name = nfc((inner.parent / name_of(path)).as_posix())
        rank = _SUFFIXES.index(suffix)
        before = named.get(name)
        if before is not None and before[0] == rank:
            raise ComparisonError(
                f"{before[1]} and {path} have one name: they differ in Unicode form or in capitals only. "
                "Rename one of them, or take it away."
            )
        if before is None or rank < before[0]:
            named[name] = (rank, path)
    if not named:
        raise ComparisonError(
            f"{root} holds no file of text (.xml, .hocr, .html or .txt); nothing can be compared."
            + _without_text(passed)
        )
    return {name: path for name, (_, path) in named.items()}


def _without_text(passed: Sequence[Path]) -> str:
    return f" These hold no text of a page: {listed(passed)}." if passed else ""


def _is_hocr(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _HOCR.search(file.read(_PEEPED)) is not None
    except OSError as error:
        raise ScanError(f"{path} cannot be read: {reason_of(error)}.") from error


def _related(name: str, files: dict[str, Path]) -> dict[str, Path]:
    """Of a folder, only what may belong to one file; its place in the folder does not matter."""
    wanted = {name}
    leaf = _LEAF_OF_SPREAD.match(name)
    if leaf:
        wanted.add(leaf[1])
    related: dict[str, Path] = {}
    for path in files.values():
        own = name_of(path)
        of_spread = _LEAF_OF_SPREAD.match(own)
        if own in wanted or (of_spread and of_spread[1] == name):
            if own in related:
                raise ComparisonError(f"{related[own]} and {path} both have the name {own}; give one file.")
            related[own] = path
    return {own: path for own, path in related.items() if own == name} or related


_Partner = tuple[str, tuple[Path, ...], tuple[Path, ...]]


def _partners(truths: dict[str, Path], founds: dict[str, Path]) -> tuple[list[_Partner], list[Path]]:
    """(name, truth files, found files) in natural order, and the files left alone."""
    same = truths.keys() & founds.keys()
    partners: list[_Partner] = [(name, (truths[name],), (founds[name],)) for name in same]
    truths = {name: path for name, path in truths.items() if name not in same}
    founds = {name: path for name, path in founds.items() if name not in same}
    for name, leaves in _spreads(truths).items():
        if name in founds:
            partners.append((name, tuple(truths.pop(leaf) for leaf in leaves), (founds.pop(name),)))
    for name, leaves in _spreads(founds).items():
        if name in truths:
            partners.append((name, (truths.pop(name),), tuple(founds.pop(leaf) for leaf in leaves)))
    partners.sort(key=lambda partner: natural(partner[0]))
    return partners, sorted([*truths.values(), *founds.values()], key=lambda path: natural(str(path)))


def _spreads(names: dict[str, Path]) -> dict[str, list[str]]:
    """Spreads and their leaves in order, of those whose leaves are all there: 1, 2 and so on."""
    numbered: dict[str, dict[int, str]] = {}
    for name in names:
        leaf = _LEAF_OF_SPREAD.match(name)
        if leaf:
            numbered.setdefault(leaf[1], {})[int(leaf[2])] = name
    return {
        name: [leaves[number] for number in sorted(leaves)]
        for name, leaves in numbered.items()
        if sorted(leaves) == list(range(1, len(leaves) + 1))
    }


def listed(paths: Sequence[Path]) -> str:
    """Some of the paths by name, and how many more there are."""
    shown = ", ".join(str(path) for path in paths[:_SHOWN])
    return shown if len(paths) <= _SHOWN else f"{shown} and {len(paths) - _SHOWN} more"
