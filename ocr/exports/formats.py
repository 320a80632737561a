"""The formats records are written in: what each is for, what it holds of a record, and what it leaves out."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol

from ocr.errors import DependencyError

if TYPE_CHECKING:
    from ocr.exports.output import GroupOutput
    from ocr.exports.pages import Group
    from ocr.exports.reading import ExportSettings

Unit = Literal["page", "notebook", "folder"]
"""What one answer is made of: a record, the records of a folder, or everything."""


class Write(Protocol):
    """What a module of this room offers as `write`."""

    def __call__(self, group: "Group", settings: "ExportSettings", out: "GroupOutput") -> None:
        """Writes the answer of a group. An OcrError says what is wrong with a page, and nothing is kept."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format."""

    summary: str
    """What it is for, in a few words."""
    unit: Unit
    module: str
    """The module of this room that writes it."""
    leaves_out: tuple[str, ...] = ()
    """What a record holds and it cannot, in the words of docs/export.md."""
    extra: str = ""
    """The extra to install for it; empty when none is needed."""

    def writer(self) -> Write:
        """Its writer. DependencyError when a library it needs is not installed."""
        try:
            write: Write = import_module(f"ocr.exports.{self.module}").write
        except ModuleNotFoundError as error:
            if not self.extra or (error.name or "").partition(".")[0] == "ocr":
                raise
            raise DependencyError(
                f"This format needs {error.name}; install it with: pip install 'tetradi[{self.extra}]'."
            ) from error
        return write


_LAYERS = ("earlier readings", "who read which line", "other inks", "leaves of a spread", "single letters")
"""What formats of layout do not hold; docs/import.md has all of it."""

FORMATS = {
    "txt": Format("plain text", "page", "plain", ("places", "confidences", "alternatives", "marks")),
    "tei": Format(
        "one edition of a notebook in TEI",
        "notebook",
        "edition",
        ("what programs noted of the paper", "earlier readings of whole lines", "who changed what when"),
    ),
    "md": Format(
        "Markdown, one text of a notebook",
        "notebook",
        "markdown",
        ("places", "line breaks", "confidences", "alternatives"),
    ),
    "docx": Format(
        "a Word file of a notebook",
        "notebook",
        "word_file",
        ("places", "confidences", "alternatives"),
        extra="office",
    ),
    "html": Format(
        "one HTML file of a notebook, text beside scan",
        "notebook",
        "web_page",
        ("places of words", "full size of the scans"),
    ),
    "csv": Format("a table of words", "notebook", "table", ("outlines", "marks")),
    "tables": Format("each table as CSV", "page", "tables", ("what stands in no table", "places", "marks")),
    "xlsx": Format(
        "the tables of a notebook as a workbook",
        "notebook",
        "workbook",
        ("what stands in no table", "places", "marks"),
        extra="office",
    ),
    "page": Format("PAGE XML, for Transkribus, eScriptorium, OCR-D", "page", "page_xml", _LAYERS),
    "alto": Format(
        "ALTO, for libraries, eScriptorium, kraken",
        "page",
        "alto",
        (
            *_LAYERS,
            "gaps",
            "rows and columns of tables",
            "confidences of lines",
            "which letters of a word are marked",
        ),
    ),
    "iiif": Format(
        "an IIIF manifest with the text of each line",
        "notebook",
        "iiif",
        ("words", "marks", "confidences", "rows and columns of tables"),
    ),
    "site": Format(
        "a site to read and search, without a server", "folder", "site", ("places of single letters",)
    ),
    "hocr": Format(
        "hOCR",
        "page",
        "hocr",
        ("outlines", "alternatives", "marks but struck, raised and underlined", "rows and columns of tables"),
    ),
    "pdf": Format(
        "a searchable PDF: the scans, with their text unseen over them",
        "notebook",
        "pdf",
        ("confidences", "alternatives", "marks", "outlines", "rows and columns of tables"),
    ),
    "images": Format(
        "clean pictures of each leaf, grey and black on white, with their way home",
        "page",
        "images",
        ("text",),
    ),
}
