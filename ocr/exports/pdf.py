"""A notebook as a searchable PDF: the scan of each page, and over it, unseen, its words where they stand.

The file claims to be PDF/A-2u (ISO 19005-2, text that can be copied) unless it holds a page of another PDF
or colours of a printer that no profile explains.
"""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ocr import __version__
from ocr.errors import DependencyError
from ocr.exports.layout import Layout, layout_of
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.pdf_file import PdfFile, dictionary, numbers, reference, text
from ocr.exports.pdf_text import TextFonts, text_of
from ocr.exports.reading import ExportSettings
from ocr.geometry import Affine
from ocr.scan.load import Scan
from ocr.scan.scan_of import ScanSheet
from ocr.scan.stored import StoredPicture, stored_picture
from ocr.tei.names import XML_ID, q
from ocr.tei.seal import NOTEBOOK

if TYPE_CHECKING:
    from ocr.exports.pdf_pages import TakenPages

SRGB = Path(__file__).with_name("srgb.icc")
"""The colours that are meant where a scan names none (docs/decisions/0012)."""

_DPI = 300.0
"""Of scans that tell no resolution."""
_LONGEST_UNITS = 14_400.0
"""A longer page breaks the limits of readers."""
_FONT = "Tetradi"
_SPACES = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.pdf, a page at a time. RecordError when a page is no TEI or tells no places, ScanError when a
    scan is not there, DependencyError when it is a PDF and pikepdf is not installed."""
    with out.open_file(f"{group.place}.pdf") as file:
        pdf = _Book(PdfFile(file))
        with closing(pdf):
            for page in group.pages():
                pdf.add(page)
            pdf.end(group, out.origin[:32])


class _Book:
    """The document that is being written."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._fonts = TextFonts(file)
        self._tree = file.reserve()
        self._pages: list[str] = []
        self._labels: list[str] = []
        self._title = self._author = ""
        self._taken: TakenPages | None = None
        self._is_archival = True

    def add(self, page: ExportPage) -> None:
        """Writes a page."""
        layout, sheet = layout_of(page), page.scan()
        scan = sheet.load()
        if scan.source.media_type == "application/pdf":
            self._pages.append(self._page_taken(layout, sheet, scan))
        else:
            self._pages.append(self._page_made(layout, stored_picture(sheet.path, scan), scan, page))
        self._labels.append(page.name)
        self._title = self._title or _of_notebook(page, "title")
        self._author = self._author or _of_notebook(page, "author")

    def _page_made(self, layout: Layout, picture: StoredPicture, scan: Scan, page: ExportPage) -> str:
        """A page that shows a picture."""
        wide, tall = scan.source.width_px, scan.source.height_px
        dpi = page.view.scan.dpi or scan.source.dpi or _DPI
        unit = min(72 / dpi, _LONGEST_UNITS / max(wide, tall))
        width, height = wide * unit, tall * unit
        words, fonts = text_of(layout, self._fonts, Affine(unit, 0, 0, 0, -unit, height), _FONT)
        content = f"q {numbers(*_upright(picture.orientation, width, height))} cm /Scan Do Q\n{words}"
        resources = {"XObject": dictionary({"Scan": self._picture(picture)})}
        if fonts:
            resources["Font"] = dictionary(fonts)
        return self._file.add(
            dictionary(
                {
                    "Type": "/Page",
                    "Parent": reference(self._tree),
                    "MediaBox": f"[{numbers(0, 0, width, height)}]",
                    "Resources": dictionary(resources),
                    "Contents": self._file.packed(content.encode("latin-1")),
                }
            )
        )

    def _picture(self, picture: StoredPicture) -> str:
        """The picture as an object; the reference to it."""
        space = _SPACES[picture.colours]
        if picture.palette:
            space = f"[/Indexed /DeviceRGB {len(picture.palette) // 3 - 1} <{picture.palette.hex()}>]"
        elif picture.profile:
            profile = self._file.packed(picture.profile, {"N": str(picture.colours)})
            space = f"[/ICCBased {profile}]"
        elif picture.colours == 4:
            self._is_archival = False
        parameters = ""
        if picture.rows_filtered:
            parameters = (
                f"<< /Predictor 15 /Colors {picture.colours} /BitsPerComponent {picture.bits} "
                f"/Columns {picture.width} >>"
            )
        elif picture.is_plain:
            parameters = "<< /ColorTransform 0 >>"
        entries = {
            "Type": "/XObject",
            "Subtype": "/Image",
            "Width": str(picture.width),
            "Height": str(picture.height),
            "ColorSpace": space,
            "BitsPerComponent": str(picture.bits),
            "Filter": f"/{picture.packing}",
            "DecodeParms": parameters,
            "Decode": f"[{' '.join(['1 0'] * picture.colours)}]" if picture.is_inverted else "",
        }
        return self._file.stream(picture.content, entries)

    def _page_taken(self, layout: Layout, sheet: ScanSheet, scan: Scan) -> str:
        """A page of a PDF."""
        try:
            from ocr.exports.pdf_pages import TakenPages
        except ModuleNotFoundError as error:
            raise DependencyError(
                f"{sheet.path} is a PDF, and taking over its pages needs {error.name}; install it with: "
                "pip install 'tetradi[pdf]'."
            ) from error
        from ocr.scan.pdf import to_page

        if self._taken is None:
            self._taken = TakenPages(self._file)
        self._is_archival = False
        frame = (scan.source.width_px, scan.source.height_px)
        words, fonts = text_of(layout, self._fonts, to_page(sheet.path, sheet.sheet, frame), _FONT)
        return self._taken.take(sheet.path, sheet.sheet, reference(self._tree), words, fonts)

    def end(self, group: Group, ident: str) -> None:
        """Writes what holds for all pages."""
        self._fonts.write()
        kids = " ".join(self._pages)
        self._file.add(
            dictionary({"Type": "/Pages", "Count": str(len(self._pages)), "Kids": f"[{kids}]"}), self._tree
        )
        title = self._title or group.name
        metadata = self._file.stream(
            _xmp(title, self._author, self._is_archival), {"Type": "/Metadata", "Subtype": "/XML"}
        )
        profile = self._file.packed(SRGB.read_bytes(), {"N": "3"})
        intent = {
            "Type": "/OutputIntent",
            "S": "/GTS_PDFA1",
            "OutputConditionIdentifier": "(sRGB)",
            "Info": "(sRGB)",
            "DestOutputProfile": profile,
        }
        labels = " ".join(f"{place} << /P {text(label)} >>" for place, label in enumerate(self._labels))
        root = {
            "Type": "/Catalog",
            "Pages": reference(self._tree),
            "Lang": "(ru)",
            "Metadata": metadata,
            "OutputIntents": f"[{dictionary(intent)}]",
            "PageLabels": f"<< /Nums [{labels}] >>",
            "ViewerPreferences": "<< /DisplayDocTitle true >>",
        }
        info = {"Title": text(title), "Author": text(self._author) if self._author else "",
                "Producer": text(_PRODUCER)}  # fmt: skip
        self._file.end(self._file.add(dictionary(root)), self._file.add(dictionary(info)), ident.upper())

    def close(self) -> None:
        """Lets others' files go."""
        if self._taken is not None:
            self._taken.close()


_PRODUCER = f"tetradi {__version__}"


def _upright(orientation: int, width: float, height: float) -> tuple[float, ...]:
    """The matrix that lays a picture on a page of that size, upright by its EXIF orientation."""
    w, h = width, height
    return {
        1: (w, 0, 0, h, 0, 0),
        2: (-w, 0, 0, h, w, 0),
        3: (-w, 0, 0, -h, w, h),
        4: (w, 0, 0, -h, 0, h),
        5: (0, -h, -w, 0, w, h),
        6: (0, -h, w, 0, 0, h),
        7: (0, h, w, 0, 0, 0),
        8: (0, h, -w, 0, w, 0),
    }[orientation]


def _of_notebook(page: ExportPage, name: str) -> str:
    """What the header says of its notebook; empty when it says nothing."""
    for described in page.tree.iter(q("msDesc")):
        if described.get(XML_ID) == NOTEBOOK:
            for element in described.iter(q(name)):
                return " ".join("".join(map(str, element.itertext())).split())
    return ""


def _xmp(title: str, author: str, is_archival: bool) -> bytes:
    """What the file says of itself (ISO 16684-1)."""
    creator = (
        f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>" if author else ""
    )
    claim = "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" if is_archival else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">\n'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        f"{creator}"
        "<dc:language><rdf:Bag><rdf:li>ru</rdf:li></rdf:Bag></dc:language>"
        f"<pdf:Producer>{escape(_PRODUCER)}</pdf:Producer>{claim}\n"
        "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    ).encode()
