"""What of PDF/A-2u (ISO 19005-2) a program can hold a file to without a validator of it, clause by clause."""

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from lxml import etree
from PIL import ImageCms

_NS = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
_DEEPEST = 28
_NOT_PICTURES = ("/OPI", "/Alternates", "/Ref", "/SMask", "/PS")
_FORBIDDEN = {"/JavaScript", "/Launch", "/EmbeddedFile", "/Movie", "/Sound", "/OCG", "/XFA"}
_OPERATORS = {"q", "Q", "cm", "Do", "BT", "ET", "Tf", "Tr", "Tm", "Tj"}
"""All that we write (6.2.2 allows those of ISO 32000-1)."""


def breaches(path: Path) -> list[str]:
    """The clauses that a file breaks, each with what is wrong; none of a good one."""
    content = path.read_bytes()
    with pikepdf.open(path) as pdf:
        return [
            *_file(content, pdf),
            *_metadata(pdf),
            *_intent(pdf),
            *(breach for thing in pdf.objects for breach in _object(thing)),
            *(breach for page in pdf.pages for breach in _page(page)),
        ]


def _file(content: bytes, pdf: pikepdf.Pdf) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", content):
        yield "6.1.2 no header, or no bytes over 127 after it"
    if not content.endswith((b"%%EOF", b"%%EOF\n", b"%%EOF\r\n")) or content.count(b"%%EOF") != 1:
        yield "6.1.3 bytes after the end"
    if "/ID" not in pdf.trailer or pdf.is_encrypted:
        yield "6.1.3 no ID, or encrypted"
    for name in ("/AcroForm", "/OCProperties", "/OpenAction", "/AA", "/Names", "/Requirements"):
        if name in pdf.Root:
            yield f"6.4-6.9 {name} in the catalogue"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    stream = pdf.Root.get("/Metadata")
    if stream is None or "/Filter" in stream:
        yield "6.6.2.1 no metadata, or packed"
        return
    raw = stream.read_bytes()
    if not raw.startswith(b"<?xpacket begin=") or b"bytes=" in raw or b"encoding=" in raw.split(b"?>")[0]:
        yield "6.6.2.1 no packet, or one with bytes or encoding"
    tree = etree.fromstring(raw)

    def told(name: str) -> str:
        return "".join("".join(map(str, each.itertext())) for each in tree.iterfind(f".//{name}", _NS))

    if (told("pdfaid:part"), told("pdfaid:conformance")) != ("2", "U"):
        yield "6.6.4 does not say that it is PDF/A-2u"
    for key, name in (("/Title", "dc:title"), ("/Author", "dc:creator"), ("/Producer", "pdf:Producer")):
        if str(pdf.docinfo.get(key, "")) != told(name):
            yield f"6.6.2.3 {key} is another in the metadata"
    if "/CreationDate" in pdf.docinfo or "/ModDate" in pdf.docinfo:
        yield "6.6.2.3 a date that the metadata has not"


def _intent(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = [each for each in pdf.Root.get("/OutputIntents", []) if each.S == "/GTS_PDFA1"]
    if len(intents) != 1 or "/OutputConditionIdentifier" not in intents[0]:
        yield "6.2.3 no single output intent"
        return
    yield from _profile(intents[0].get("/DestOutputProfile"), "6.2.3")


def _profile(stream: Any, clause: str) -> Iterator[str]:
    """A profile of colours must be one, of as many colours as are told, of version 2 to 4."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(stream.read_bytes())).profile
    except (AttributeError, OSError, pikepdf.PdfError):
        yield f"{clause} no profile"
        return
    colours = {"GRAY": 1, "RGB": 3, "LAB": 3, "CMYK": 4}.get(profile.xcolor_space.strip().upper())
    if colours != int(stream.N) or not 2 <= profile.version < 5:
        yield f"{clause} {profile.xcolor_space} of version {profile.version} for {stream.N} colours"


def _object(thing: Any) -> Iterator[str]:
    if isinstance(thing, pikepdf.Stream):
        if any(name in thing for name in ("/F", "/FFilter", "/FDecodeParms")):
            yield "6.1.7.1 a stream of another file"
        if "/LZWDecode" in str(thing.get("/Filter", "")) or "/Crypt" in str(thing.get("/Filter", "")):
            yield "6.1.7.2 packed by LZW or Crypt"
        if thing.get("/Subtype") == "/Image":
            yield from _picture(thing)
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        if {str(thing.get("/Type", "")), str(thing.get("/S", "")), *map(str, thing.keys())} & _FORBIDDEN:
            yield f"6.3-6.9 {thing.get('/Type', thing.get('/S'))}"
        if any(len(key.encode()) > 128 for key in thing.keys()):  # noqa: SIM118  no mapping
            yield "6.1.13 a name of more than 127 bytes"
        if thing.get("/Type") == "/Font":
            yield from _font(thing)


def _picture(picture: Any) -> Iterator[str]:
    if any(name in picture for name in _NOT_PICTURES) or picture.get("/Interpolate", False):
        yield "6.2.8 a picture with alternates, transparency or interpolation"
    space = picture.ColorSpace
    if isinstance(space, pikepdf.Array) and space[0] == "/ICCBased":
        yield from _profile(space[1], "6.2.4.2")
    elif "/DeviceCMYK" in str(space):
        yield "6.2.4.3 colours of a printer without a profile"
    if int(picture.get("/BitsPerComponent", 8)) not in {1, 2, 4, 8, 16}:
        yield "6.2.8 bits of a colour"


def _font(font: Any) -> Iterator[str]:
    if font.Subtype == "/Type0":
        (below,) = font.DescendantFonts
        if font.Encoding != "/Identity-H" or "/CIDToGIDMap" not in below:
            yield "6.2.11.3 codes, or the way to glyphs, are not told"
        elif below.CIDToGIDMap.read_bytes().count(b"\0\1") != 0x10000:
            yield "6.2.11.8 a code without a glyph"
        if not isinstance(below.FontDescriptor.get("/FontFile2"), pikepdf.Stream):
            yield "6.2.11.4 not embedded"
        if below.BaseFont != below.FontDescriptor.FontName:
            yield "6.2.11.2 of two names"
        if not isinstance(font.get("/ToUnicode"), pikepdf.Stream):
            yield "6.2.11.7.2 letters are not told in Unicode"
    elif font.Subtype != "/CIDFontType2":
        yield f"6.2.11 another kind of font: {font.Subtype}"


def _page(page: pikepdf.Page) -> Iterator[str]:
    left, low, right, high = (float(side) for side in page.MediaBox)
    if not all(3 <= side <= 14_400 for side in (right - left, high - low)):
        yield "6.1.13 too small or large a page"
    if "/Annots" in page or "/AA" in page:
        yield "6.3 annotations or actions"
    resources, depth = page.get("/Resources", pikepdf.Dictionary()), 0
    maps: dict[str, dict[int, str]] = {}
    name = ""
    for instruction in pikepdf.parse_content_stream(page):
        sign, operands = str(instruction.operator), list(instruction.operands)
        depth += {"q": 1, "Q": -1}.get(sign, 0)
        if sign not in _OPERATORS or not 0 <= depth <= _DEEPEST:
            yield f"6.2.2 {sign}, {depth} deep"
        if sign in {"Tf", "Do"}:
            name = str(operands[0])
            if name not in resources.get("/Font" if sign == "Tf" else "/XObject", {}):
                yield f"6.2.2 {name} is not among the resources of its page"
        if sign == "Tf" and name not in maps:
            unicode = resources.Font[name].get("/ToUnicode")
            maps[name] = {} if unicode is None else _letters(unicode.read_bytes())
        if sign == "Tj":
            codes = bytes(operands[0])
            letters = [
                maps[name].get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2)
            ]
            if not all(letters) or set("".join(letters)) & set("\0\ufeff\ufffe"):
                yield f"6.2.11.7.2 {codes.hex()} is no letter"


@cache
def _letters(cmap: bytes) -> dict[int, str]:
    """What the codes of a ToUnicode map stand for."""
    letters: dict[int, str] = {}
    for kind, block in re.findall(rb"beginbf(char|range)(.*?)endbf", cmap, re.DOTALL):
        for row in block.decode().split("\n"):
            values = [bytes.fromhex(value) for value in re.findall("<([0-9A-Fa-f]+)>", row)]
            if kind == b"char" and values:
                letters[int.from_bytes(values[0])] = values[1].decode("utf-16-be")
            elif values:
                first, last, letter = map(int.from_bytes, values)
                letters |= {first + n: chr(letter + n) for n in range(last - first + 1)}
    return letters
