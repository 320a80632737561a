"""Files that are no scans, or no longer: what bench/bad_input.py puts before the command line."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that claims a size; grey, eight bits."""

    def chunk(kind: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows or zlib.compress(b"\0")) + chunk(b"IEND", b"")


def zeros(size: int) -> bytes:
    """`size` zero bytes deflated, without ever holding them."""
    press = zlib.compressobj(9)
    block = bytes(1 << 20)
    parts = [press.compress(block) for _ in range(size >> 20)]
    return b"".join([*parts, press.compress(bytes(size & ((1 << 20) - 1))), press.flush()])


def tiff(width: int, height: int, compression: int, strip: bytes) -> bytes:
    """A grey TIFF with one strip that claims a size."""
    entries = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, compression), (262, 3, 1),
               (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, len(strip))]  # fmt: skip
    held = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<I", 8 + len(strip)) + strip + struct.pack("<H", 9) + held + bytes(4)


def pdf(
    boxes: list[tuple[float, float]], picture: tuple[int, int] | None = None, extra: bytes = b""
) -> bytes:
    """A PDF with blank pages of these sizes in points, or one that shows a picture of a size."""
    shared = f"/Type/Page/Parent 2 0 R/Resources<<{'/XObject<</I 3 0 R>>' if picture else ''}>>"
    kids = " ".join(f"{5 + n} 0 R" for n in range(len(boxes)))
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {len(boxes)}/Kids[{kids}]>>".encode()]
    data = zeros(picture[0] * picture[1]) if picture else b""
    size = f"/Width {picture[0]}/Height {picture[1]}" if picture else "/Width 1/Height 1"
    image = f"<</Type/XObject/Subtype/Image{size}/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    parts.append(f"{image}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream")
    drawing = f"{boxes[0][0]} 0 0 {boxes[0][1]} 0 0 cm /I Do".encode() if picture else b""
    parts.append(f"<</Length {len(drawing)}>>stream\n".encode() + drawing + b"\nendstream")
    parts += [f"<<{shared}/MediaBox[0 0 {w} {h}]/Contents 4 0 R>>".encode() for w, h in boxes]
    held, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(held))
        held += b"%d 0 obj" % number + part + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, extra, len(held))
    return held + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + tail


def locked_pdf() -> bytes:
    """A PDF whose password nobody knows (RC4, 40 bits; both keys are noise)."""
    keys = f"/O<{'41' * 32}>/U<{'42' * 32}>/P -4"
    return pdf([(300, 300)], extra=f"/Encrypt<</Filter/Standard/V 1/R 2{keys}>>/ID[<00><00>]".encode())


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **how)
    return held.getvalue()


def webp_header(width: int, height: int) -> bytes:
    """A lossless WebP that claims a size and then breaks off."""
    held = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(40)
    return b"RIFF" + struct.pack("<I", len(held) + 12) + b"WEBPVP8L" + struct.pack("<I", len(held)) + held


def wide_jpeg(held: bytes) -> bytes:
    """The JPEG with 65,535 by 65,535 pixels in its frame header."""
    place = held.index(b"\xff\xc0")
    return held[: place + 5] + b"\xff\xff\xff\xff" + held[place + 9 :]


def bad_files(good: Image.Image) -> dict[str, tuple[bytes, int | None]]:
    """Name -> bytes and the exit code expected (0: must be read; None: read or refused, but in words)."""
    files: dict[str, tuple[bytes, int | None]] = {
        "empty.jpg": (b"", 4),
        "zero-size.png": (png(0, 0), 4),
        "one-pixel.png": (png(1, 1), 4),
        "wide.png": (png(65535, 65535), 4),
        "wide-low.png": (png(65535, 20), 4),
        "wide-tif.tif": (tiff(65535, 65535, 1, b"\0"), 4),
        "wide-jpg.jpg": (wide_jpeg(saved(good, "JPEG")), 4),
        "text.jpg": ("не картинка\n".encode(), 4),
        "locked.pdf": (locked_pdf(), 8),
        "jpeg.pdf": (saved(good, "JPEG"), 0),
        "picture-pdf.jpg": (saved(good, "PDF"), 0),
        "bomb.png": (png(15800, 15800, zeros(15801 * 15800)), None),
        "bomb-tif.tif": (tiff(15800, 15800, 8, zeros(15800 * 15800)), None),
        "bomb-webp.webp": (webp_header(16383, 16383), 4),
        "text-bomb.png": (png(100, 100)[:33] + _text_chunk() + png(100, 100)[33:], 4),
        "giant-page.pdf": (pdf([(2_000_000, 2_000_000)]), None),
        "thin-page.pdf": (pdf([(1, 14400)]), None),
        "giant-picture.pdf": (pdf([(300, 300)], (40000, 40000)), None),
        "no-page.pdf": (pdf([(1, 1)]).replace(b"Count 1/Kids[5 0 R]", b"Count 0/Kids[]    "), 4),
        "bad-tag.tif": (_loop_tiff(saved(good, "TIFF")), None),
        "book.djvu": (b"AT&TFORM\0\0\1\0DJVUINFO" + bytes(200), 4),
        "phone.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(300), 4),
        "noise.tif": (b"II*\0" + bytes(range(256)) * 8, 4),
    }
    for kind, suffix in (
        ("JPEG", "jpg"),
        ("PNG", "png"),
        ("TIFF", "tif"),
        ("PDF", "pdf"),
        ("JPEG2000", "jp2"),
        ("WEBP", "webp"),
    ):
        held = saved(good, kind)
        for percent in (1, 20, 60, 99):
            files[f"cut-{suffix}-{percent}.{suffix}"] = (held[: max(5, len(held) * percent // 100)], 4)
    frames = [good, good.rotate(180), good.rotate(90, expand=True)]
    for kind, suffix in (("PNG", "png"), ("WEBP", "webp")):
        files[f"animated-{suffix}.{suffix}"] = (
            saved(frames[0], kind, save_all=True, append_images=frames[1:2]),
            None,
        )
    files["animated-gif.jpg"] = (saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), 0)
    pages = saved(good, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    files["broken-page.tif"] = (_spoilt_second(pages), 4)
    return files


def _text_chunk() -> bytes:
    held = b"Comment\0\0" + zeros(300 << 20)
    return struct.pack(">I", len(held)) + b"zTXt" + held + struct.pack(">I", zlib.crc32(b"zTXt" + held))


def _loop_tiff(held: bytes) -> bytes:
    """A TIFF whose only directory names itself as the next one."""
    first = struct.unpack("<I", held[4:8])[0]
    count = struct.unpack("<H", held[first : first + 2])[0]
    place = first + 2 + 12 * count
    return held[:place] + struct.pack("<I", first) + held[place + 4 :]


def _spoilt_second(held: bytes) -> bytes:
    """A TIFF whose second sheet says its pixels are far behind the end of the file."""
    first = struct.unpack("<I", held[4:8])[0]
    second = struct.unpack_from("<I", held, first + 2 + 12 * struct.unpack_from("<H", held, first)[0])[0]
    spoilt = bytearray(held)
    for number in range(struct.unpack_from("<H", held, second)[0]):
        place = second + 2 + 12 * number
        if struct.unpack_from("<H", held, place)[0] == 273:
            strips = struct.unpack_from("<I", held, place + 4)[0]
            where = struct.unpack_from("<I", held, place + 8)[0] if strips > 1 else place + 8
            for strip in range(strips):
                struct.pack_into("<I", spoilt, where + 4 * strip, 0x7FFFFFF0)
    return bytes(spoilt)


ODD_NAMES: dict[str, bytes] = {
    "space": b"a leaf 1.png",
    "newline": b"a\nleaf.png",
    "quotes": b"\"a'leaf`.png",
    "marks": b"#?&%20;$(x)<>.png",
    "not UTF-8": b"\xebist\xff.png",
    "control": b"a\x01\x1b[31m.png",
    "255 bytes": b"n" * 251 + b".png",
    "255 bytes tif": b"m" * 251 + b".tif",
    "markup": b"[red]leaf[bold].png",
    "dash": b"-o.png",
    "only suffix": b"..png",
    "long suffix": b"a.b.c.PNG",
    "cyrillic": "л. 1 об.png".encode(),
    "nonchar": "a\ufffe.png".encode(),
    "bidi": "a\u202eb.png".encode(),
    "no-break": "a\u00a0\u2028b.png".encode(),
}
