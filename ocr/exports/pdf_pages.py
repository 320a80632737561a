"""Pages of a scan that is a PDF, taken over as they are into the file that is written (door of pikepdf).

What a page draws is copied object by object, packed streams as they are. The invisible text that another
program laid over the scan is left out: ours takes its place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf

from ocr.errors import EncryptedError, ScanError, reason_of
from ocr.exports.pdf_file import PdfFile, dictionary, reference

_TAKEN = ("MediaBox", "CropBox", "Rotate", "UserUnit", "Group", "Annots")
_INHERITED = frozenset(("Resources", "MediaBox", "CropBox", "Rotate"))
_OTHERS = frozenset(("/Page", "/Pages", "/Catalog"))
"""What leads from a page to all others."""
_INVISIBLE = 3
_SHOWING = frozenset(("Tj", "TJ", "'", '"'))
_MOVING = frozenset(("'", '"'))
"""Operators that go to the next line before they show."""


class TakenPages:
    """The pages of others' files, each opened once while its pages follow each other."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._path: Path | None = None
        self._source: pikepdf.Pdf | None = None
        self._numbers: dict[tuple[int, int], int] = {}
        self._left: list[tuple[Any, int]] = []

    def close(self) -> None:
        """Lets the last file go."""
        if self._source is not None:
            self._source.close()
        self._path = self._source = None
        self._numbers = {}

    def take(self, path: Path, sheet: int, parent: str, text: str, fonts: dict[str, str]) -> str:
        """Writes a page (from 1) with our text over it; the reference to it.

        `text` is in units of the page as stored. ScanError when the file cannot be read that way.
        """
        with _spoken(path):
            page = self._opened(path).pages[sheet - 1].obj
            entries = {name: self._value(_own(page, name)) for name in _TAKEN if _own(page, name) is not None}
            entries |= {"Type": "/Page", "Parent": parent}
            entries["Resources"] = self._resources(_own(page, "Resources"), fonts)
            entries["Contents"] = self._contents(page, text)
            written = self._file.add(dictionary(entries))
            while self._left:
                self._write(*self._left.pop())
            return written

    def _opened(self, path: Path) -> pikepdf.Pdf:
        if self._source is None or path != self._path:
            self.close()
            self._source, self._path = pikepdf.open(path), path
        return self._source

    def _contents(self, page: Any, text: str) -> str:
        """Ours after the page's own, which is put back as it was before it began."""
        drawn, open_states = _without_invisible(page)
        content = b"q\n" + drawn + b"\n" + b"Q\n" * (1 + open_states) + text.encode("latin-1")
        return self._file.packed(content)

    def _resources(self, resources: Any, fonts: dict[str, str]) -> str:
        entries, own = {}, {}
        for key, value in _items(resources):
            if key == "Font":
                own = {name: self._value(font) for name, font in _items(value)}
            else:
                entries[key] = self._value(value)
        if own or fonts:
            entries["Font"] = _written({**own, **fonts})
        return _written(entries)

    def _value(self, value: Any) -> str:
        """A value as it stands in a file; what it refers to is written later."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is None:
            return "null"
        if isinstance(value, int | Decimal | float):
            return f"{value:f}" if isinstance(value, Decimal | float) else str(value)
        if isinstance(value, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream) and value.is_indirect:
            return self._referred(value)
        if isinstance(value, pikepdf.Array):
            return f"[{' '.join(self._value(each) for each in value)}]"
        if isinstance(value, pikepdf.Dictionary):
            return _written({key: self._value(each) for key, each in _items(value) if key != "Parent"})
        return str(value.unparse(resolved=True).decode("latin-1"))

    def _referred(self, value: Any) -> str:
        if isinstance(value, pikepdf.Dictionary) and str(value.get("/Type", "")) in _OTHERS:
            return "null"
        known = self._numbers.get(value.objgen)
        if known is None:
            known = self._numbers[value.objgen] = self._file.reserve()
            self._left.append((value, known))
        return reference(known)

    def _write(self, value: Any, number: int) -> None:
        if isinstance(value, pikepdf.Stream):
            entries = {key: self._value(each) for key, each in _items(value) if key != "Length"}
            self._file.stream(value.read_raw_bytes(), entries, number)
        elif isinstance(value, pikepdf.Array):
            self._file.add(f"[{' '.join(self._value(each) for each in value)}]", number)
        else:
            self._file.add(
                _written({key: self._value(each) for key, each in _items(value) if key != "Parent"}), number
            )


def _own(page: Any, name: str) -> Any:
    """An entry of a page, or of what it lies below; None when there is none."""
    node, depth = page, 0
    while node is not None and depth < 100:  # a tree that runs in a circle
        if f"/{name}" in node:
            return node[f"/{name}"]
        node, depth = node.get("/Parent") if name in _INHERITED else None, depth + 1
    return None


def _written(entries: dict[str, str]) -> str:
    """A dictionary whose names others chose."""
    rows = (
        f"{pikepdf.Name(f'/{name}').unparse().decode('latin-1')} {value}" for name, value in entries.items()
    )
    return f"<< {' '.join(rows)} >>"


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    """Names (without their stroke) and values."""
    for key in value.keys() if value is not None else ():
        yield key[1:], value[key]


def _without_invisible(page: Any) -> tuple[bytes, int]:
    """What a page draws without the text that nobody sees, and how many states it leaves open."""
    if "/Contents" not in page:
        return b"", 0
    kept: list[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    modes: list[int] = []
    mode, dropped = 0, False
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator == "q":
            modes.append(mode)
        elif operator == "Q" and modes:
            mode = modes.pop()
        elif operator == "Tr" and len(instruction.operands) == 1:
            mode = int(instruction.operands[0])
        elif mode == _INVISIBLE and operator in _SHOWING:
            dropped = True
            if operator in _MOVING:
                kept.append(pikepdf.ContentStreamInstruction([], pikepdf.Operator("T*")))
            continue
        kept.append(instruction)
    if dropped:
        return pikepdf.unparse_content_stream(kept), len(modes)
    parts = page["/Contents"]
    streams = list(parts) if isinstance(parts, pikepdf.Array) else [parts]
    return b"\n".join(stream.read_bytes() for stream in streams), len(modes)


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    try:
        yield
    except pikepdf.PasswordError as error:
        raise EncryptedError(
            f"{path} is protected by a password. Save it without one and give that file."
        ) from error
    except (
        pikepdf.PdfError,
        pikepdf.ForeignObjectError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
    ) as error:
        raise ScanError(f"{path} is a damaged PDF ({reason_of(error)}). Copy or save it again.") from error
    except OSError as error:
        raise ScanError(f"{path} cannot be read: {reason_of(error)}.") from error
