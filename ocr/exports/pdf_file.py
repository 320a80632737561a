"""A PDF file written object by object (ISO 32000-1): nothing but the places of the objects is kept."""

import zlib
from collections.abc import Mapping
from typing import IO

_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # four bytes over 127: programs that copy files take it for binary


class PdfFile:
    """What is written goes out at once, object after object; values are given as PDF has them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._at = 0
        self._places: list[int] = []
        """Where each object begins, in bytes; 0 while it is only reserved."""
        self._put(_HEAD)

    def reserve(self) -> int:
        """The number of an object that is written later."""
        self._places.append(0)
        return len(self._places)

    def add(self, value: str, number: int | None = None) -> str:
        """Writes an object, under a reserved number or the next one; the reference to it."""
        return self._object(value.encode("latin-1") + b"\n", number)

    def stream(
        self, content: bytes, entries: Mapping[str, str] | None = None, number: int | None = None
    ) -> str:
        """Writes bytes as they are, packed as `entries` tell; the reference to them."""
        head = dictionary({**(entries or {}), "Length": str(len(content))}).encode("latin-1")
        return self._object(head + b"\nstream\n" + content + b"\nendstream\n", number)

    def packed(
        self, content: bytes, entries: Mapping[str, str] | None = None, number: int | None = None
    ) -> str:
        """Packs bytes and writes them; the reference to them."""
        return self.stream(zlib.compress(content, 9), {**(entries or {}), "Filter": "/FlateDecode"}, number)

    def end(self, root: str, info: str, ident: str) -> None:
        """The table of places and the end. `ident`: 32 hexadecimal digits, the same for the same content."""
        start, count = self._at, len(self._places) + 1
        rows = "".join(f"{place:010} 00000 n \n" for place in self._places)
        trailer = dictionary({"Size": str(count), "Root": root, "Info": info, "ID": f"[<{ident}> <{ident}>]"})
        table = f"xref\n0 {count}\n0000000000 65535 f \n{rows}trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n"
        self._put(table.encode("latin-1"))

    def _object(self, body: bytes, number: int | None) -> str:
        number = number or self.reserve()
        self._places[number - 1] = self._at
        self._put(b"%d 0 obj\n%sendobj\n" % (number, body))
        return reference(number)

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._at += len(content)


def reference(number: int) -> str:
    """How others name an object."""
    return f"{number} 0 R"


def dictionary(entries: Mapping[str, str]) -> str:
    """A dictionary of values as PDF has them; entries without a value are left out."""
    return f"<< {' '.join(f'/{name} {value}' for name, value in entries.items() if value)} >>"


def text(value: str) -> str:
    """A text that people read."""
    return f"<FEFF{value.encode('utf-16-be', 'replace').hex().upper()}>"


def number(value: float) -> str:
    """A number to four places, without an exponent."""
    written = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def numbers(*values: float) -> str:
    """Some numbers, with spaces between."""
    return " ".join(map(number, values))
