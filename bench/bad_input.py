"""Bad input of every kind, given to the real command line: python bench/bad_input.py FOLDER [WORD].

FOLDER holds one or more good scans; a piece of the first is the good page that must be read all the same.
With WORD only the cases with that word in their name are run. Each case asks: the right exit code; one
sentence that names the file; no traceback and no "fault of ours"; no half-written file; the good page read.
Cases that need root (a small disk, another user) are left out, and said so, where we are not root.
Last line: {"cases", "clear", "unclear": [...]}.
"""

import io
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from ocr.batch import list_scans

Image.MAX_IMAGE_PIXELS = None
LIMIT_S = 120.0
ROOT = os.getuid() == 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a case came to: the exit code, what was printed, and what is wrong with it (nothing: clear)."""

    case: str
    code: int | None
    sentence: str
    wrong: tuple[str, ...] = ()


# --- files ------------------------------------------------------------------------------------------------


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
    files["animated-gif.jpg"] = (saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), 4)
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


# --- runs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case works: its own folder, with the good page in `scans`."""

    folder: Path
    scans: Path
    out: Path


def start(*words: object, **how: Any) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "ocr", *(os.fspath(w) if isinstance(w, Path) else str(w) for w in words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "errors": "replace"}
    return subprocess.Popen(command, **pipes | how)  # type: ignore[call-overload,no-any-return]


def ended(run: "subprocess.Popen[str]", limit_s: float = LIMIT_S) -> tuple[int | None, str]:
    """Exit code (None: it hung and was ended) and all that was printed, standard error last."""
    try:
        told = run.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate()
        return None, "(it hung)"
    return run.returncode, "".join(part or "" for part in told)


def judge(
    case: str, run: tuple[int | None, str], codes: set[int], naming: str, out: Path | None = None
) -> Seen:
    """Is the exit code right, does a sentence name the file, and is nothing half-written below `out`?"""
    code, printed = run
    rows = [row for row in printed.splitlines() if row.strip()]
    telling = [row for row in rows if row.startswith(("failed:", "Error:", "Another", "Interrupted"))]
    wrong = [] if code in codes else [f"exit code {code}, not {' or '.join(map(str, sorted(codes)))}"]
    if "Traceback" in printed:
        wrong.append("a traceback")
    if "fault of ours" in printed:
        wrong.append("taken for a fault of ours")
    if code and naming not in "\n".join(telling):
        wrong.append(f"no sentence names {naming}")
    if out is not None and any(out.rglob(".tetradi-part-*")):
        wrong.append("a half-written file is left")
    return Seen(case, code, (telling or rows or [""])[-1], tuple(wrong))


def reading(
    place: Place, case: str, codes: set[int], naming: str, *options: object, good: bool = True, **how: Any
) -> Seen:
    """A transcribe run over the scans of a place; the good page must be read unless told otherwise."""
    run = start("transcribe", place.scans, "-o", place.out, "-j", 2, *options, **how)
    seen = judge(case, ended(run), codes, naming, place.out if place.out.is_dir() else None)
    if good and not (place.out / "good.xml").is_file():
        return Seen(case, seen.code, seen.sentence, (*seen.wrong, "the good page has no record"))
    return seen


def files_case(place: Place) -> Iterator[Seen]:
    """All bad files in one batch beside the good page; one row each."""
    with Image.open(place.scans / "good.png") as good:
        files = bad_files(good.convert("RGB"))
    for name, (held, _) in files.items():
        (place.scans / name).write_bytes(held)
    (place.scans / "folder.jpg").mkdir()
    os.mkfifo(place.scans / "pipe.png")
    (place.scans / "dangling.png").symlink_to("nowhere")
    (place.scans / "loop.png").symlink_to("loop.png")
    (place.scans / "device.tif").symlink_to("/dev/zero")
    expected = {name: code for name, (_, code) in files.items()}
    expected |= dict.fromkeys(("pipe.png", "dangling.png", "loop.png", "device.tif"), 4)
    batch = reading(place, "files: the batch", {6}, "empty.jpg")
    yield batch
    absent: dict[str, Any] = {"exit_code": None, "reason": "(no row)"}
    rows: list[dict[str, Any]] = [
        json.loads(row) for row in (place.out / "run.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    for name, code in expected.items():
        mine = [row for row in rows if Path(row["scan"]).name == name]
        worst = max(mine, key=lambda row: row["exit_code"], default=absent)
        wrong = (
            [] if worst["exit_code"] in ({code} if code is not None else {0, 4, 12, 13}) else ["exit code"]
        )
        if "fault of ours" in worst["reason"]:
            wrong.append("taken for a fault of ours")
        yield Seen(f"file {name}", worst["exit_code"], worst["reason"], tuple(wrong))


def names_case(place: Place) -> Iterator[Seen]:
    """The good page under odd names, each in a run of its own kind: every one must be read."""
    held = (place.scans / "good.png").read_bytes()
    with Image.open(io.BytesIO(held)) as good:
        two = saved(good.convert("L"), "TIFF", save_all=True, append_images=[good.convert("L")])
    for kind, name in ODD_NAMES.items():
        folder = place.folder / "names" / kind
        folder.mkdir(parents=True)
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(
            two if name.endswith(b".tif") else held
        )
        out = place.folder / "out-of-names" / kind
        run = ended(start("transcribe", folder, "-o", out, "-j", 1))
        codes = {4, 5} if kind == "255 bytes tif" else {4} if name.startswith(b".") else {0}
        yield judge(f"name: {kind}", run, codes, "", out)


def clash_case(place: Place) -> Iterator[Seen]:
    """Sheet 1 of a.tif and a.p0001.png want the same record: one of them must be refused, not lost."""
    with Image.open(place.scans / "good.png") as good:
        page = good.convert("L")
        page.save(place.scans / "a.tif", save_all=True, append_images=[page])
    shutil.copyfile(place.scans / "good.png", place.scans / "a.p0001.png")
    yield reading(place, "two scans for one record", {4}, "a.p0001")
    renamed = Place(place.folder, place.folder / "renamed", place.out / "renamed")
    renamed.scans.mkdir()
    shutil.copyfile(place.scans / "a.tif", renamed.scans / "two.jpg")
    seen = reading(renamed, "two sheets under another name", {0}, "", good=False)
    found = len(list(renamed.out.glob("two*.xml")))
    yield Seen(seen.case, seen.code, seen.sentence, seen.wrong if found == 2 else ("a sheet is lost",))


def output_cases(place: Place) -> Iterator[Seen]:
    """Output that cannot be used."""
    whole = place.out

    def at(name: str) -> Place:
        return Place(place.folder, place.scans, whole / name)

    (whole / "journal/run.jsonl").mkdir(parents=True)
    yield reading(at("journal"), "run.jsonl is a folder", {5}, "run.jsonl", good=False)
    (whole / "file").touch()
    yield reading(at("file"), "output is a file", {5}, "file", good=False)
    (whole / "taken/good.xml").mkdir(parents=True)
    yield reading(at("taken"), "a folder where the record goes", {5, 10}, "good.xml", good=False)
    inside = Place(place.folder, place.scans, place.scans)
    yield reading(inside, "output is the input", {0}, "", "--explain")
    yield reading(inside, "the same again", {0}, "", "--explain")
    more = [path.name for path in place.scans.glob("*.explain.xml")]
    yield Seen("our own pictures are no scans", 0, ", ".join(more), ("read as scans",) if more else ())
    for path in place.scans.glob("good.[!p]*"):
        path.unlink()


def small_disk_cases(place: Place) -> Iterator[Seen]:
    """64 kB for the output, for the journal alone, and for temporary files."""
    for number in range(8):
        shutil.copyfile(place.scans / "good.png", place.scans / f"good{number}.png")
    for number in range(40):
        (place.scans / f"empty{number}.png").touch()
    with small(place.folder / "disk") as disk:
        full = Place(place.folder, place.scans, disk)
        yield reading(full, "full disk", {5}, "full", good=False)
        torn = ended(start("validate", *sorted(disk.glob("*.xml"))))
        yield judge("full disk: what was written is valid", torn, {0}, "")
    with small(place.folder / "disk") as disk:
        (disk / "run.jsonl").write_text("{}\n", encoding="utf-8")
        fill(disk)
        yield reading(
            Place(place.folder, place.scans, disk), "full disk: the journal", {5}, "full", good=False
        )
    for path in place.scans.glob("*[0-9].png"):
        path.unlink()
    with small(place.folder / "tmp") as disk:
        environment = os.environ | {"TMPDIR": str(disk)}
        yield reading(place, "TMPDIR on a full disk", {5}, "full", good=False, env=environment)


@contextmanager
def small(folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path) -> None:
    with (disk / "fill").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def closed_cases(place: Place) -> Iterator[Seen]:
    """What may not be read or written by one who is not allowed everything."""
    # root without its power to overlook permissions
    bare = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if ROOT else ()

    def run(case: str, codes: set[int], naming: str, out: Path) -> Seen:
        words = (sys.executable, "-m", "ocr", "transcribe", str(place.scans), "-o", str(out), "-j", "2")
        pipe = subprocess.PIPE
        return judge(
            case, ended(subprocess.Popen([*bare, *words], stdout=pipe, stderr=pipe, text=True)), codes, naming
        )

    closed = place.scans / "closed.png"
    shutil.copyfile(place.scans / "good.png", closed)
    closed.chmod(0)
    yield run("a scan that may not be read", {4}, "closed.png", place.out / "1")
    closed.chmod(0o600)
    closed.unlink()
    for case, name, mode in (
        ("output folder read-only", "", 0o555),
        ("run.jsonl read-only", "run.jsonl", 0o444),
    ):
        out = place.out / case
        out.mkdir(parents=True)
        if name:
            (out / name).touch()
        (out / name).chmod(mode)
        yield run(case, {5}, name or case, out)
        (out / name).chmod(0o755)


def environment_cases(place: Place) -> Iterator[Seen]:
    """What is missing, and limits that are too tight."""
    nowhere = os.environ | {"PATH": "/nonexistent"}
    yield reading(place, "no tesseract", {3}, "Tesseract", good=False, env=nowhere)
    yield reading(place, "no language data", {3}, "zzz", "-l", "zzz", good=False)
    empty = os.environ | {"TESSDATA_PREFIX": "/nonexistent"}
    yield reading(place, "language data elsewhere", {3}, "rus", good=False, env=empty)
    yield reading(place, "--timeout 0.001", {12}, "--timeout", "--timeout", 0.001, good=False)
    yield reading(place, "--memory 100", {13}, "--memory", "--memory", 100, good=False)
    yield reading(place, "--memory 1", {13}, "--memory", "--memory", 1, good=False)
    yield reading(place, "--engine os:system", {3, 9}, "os:system", "--engine", "os:system", good=False)


RECIPES = {
    "unknown key": "[tesserakt]\npsm = 7",
    "wrong type": "[tesseract]\nlanguage = 5",
    "no table": "tesseract = 3",
    "psm -1": "[tesseract]\npsm = -1",
    "psm 99": "[tesseract]\npsm = 99",
    "strip of 0": "[tesseract]\nstrip_height_px = 0",
    "threshold nan": "[record]\nreview_threshold = nan",
    "threshold 9": "[record]\nreview_threshold = 9.0",
    "dpi inf": "[scan]\ndpi = inf",
    "dpi -1": "[scan]\ndpi = -1.0",
    "deep": "a = " + "[" * 5000 + "]" * 5000,
    "long number": "[tesseract]\npsm = " + "9" * 5000,
    "long float": "[scan]\ndpi = " + "9" * 400,
    "coarse 0": "[skew]\ncoarse_deg = 0.0",
    "widest -3": "[skew]\nwidest_deg = -3.0",
    "fine -3": "[skew]\nfine_deg = -3.0",
    "paper 0": "[ink]\npaper_scale_strokes = 0.0",
    "median 1e6": "[ink]\nmedian_strokes = 1e6",
    "bytes": "\udcff",
}


def recipe_cases(place: Place) -> Iterator[Seen]:
    """Recipes that cannot be meant: exit code 9 and the file's name."""
    for case, text in RECIPES.items():
        recipe = place.folder / "recipe.toml"
        recipe.write_bytes(text.encode("utf-8", "surrogateescape"))
        options = ("--recipe", recipe, "--mode", "force")
        run = start("transcribe", place.scans, "-o", place.out, "-j", 1, *options)
        yield judge(f"recipe: {case}", ended(run, 30), {9}, "recipe.toml", place.out)


def record_cases(place: Place) -> Iterator[Seen]:
    """XML that a stranger or a slip of the hand made: refused, left alone, and never a way to other files."""
    yield reading(place, "a first run", {0}, "")
    record = place.out / "good.xml"
    good = record.read_bytes()
    body = good[good.index(b"?>") + 2 :]
    pipe = place.folder / "pipe.dtd"
    os.mkfifo(pipe)  # who opens it waits for ever
    lol = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    strange = {
        "cut": good[: len(good) // 2],
        "empty": b"",
        "noise": bytes(range(256)),
        "html": b"<html/>",
        "no namespace": b"<TEI/>",
        "unknown encoding": b'<?xml version="1.0" encoding="koi-99"?>' + body,
        "deep": b"<a>" * 100_000 + b"</a>" * 100_000,
        "entity bomb": b'<!DOCTYPE TEI [<!ENTITY e0 "aaaaaaaaaa">'
        + lol
        + b"]>"
        + body.replace(b"</title>", b"&e9;</title>", 1),
        "outer entity": b'<!DOCTYPE TEI [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        + body.replace(b"</title>", b"&x;</title>", 1),
        "outer DTD": b'<!DOCTYPE TEI SYSTEM "%s">' % os.fsencode(pipe.as_uri()) + body,
        "parameter entity": b'<!DOCTYPE TEI [<!ENTITY %% x SYSTEM "%s"> %%x;]>' % os.fsencode(pipe.as_uri())
        + body,
        "network DTD": b'<!DOCTYPE TEI SYSTEM "http://127.0.0.1:9/x.dtd">' + body,
    }
    for case, held in strange.items():
        record.write_bytes(held)
        for command in (("validate", record), ("evaluate", record, record)):
            yield judge(
                f"{command[0]}: {case}",
                ended(start(*command), 15),
                {10},
                "" if command[0] == "validate" else "good.xml",
            )
        if case not in {"outer DTD", "parameter entity"}:
            yield reading(place, f"redo: {case}", {10}, "good.xml", "--mode", "redo")
        if record.read_bytes() != held:
            yield Seen(f"redo: {case}", None, "", ("the file was changed",))


def stop_cases(place: Place) -> Iterator[Seen]:
    """Killed, interrupted, met by a second run; then the same command goes on and all is read."""
    for number in range(6):
        shutil.copyfile(place.scans / "good.png", place.scans / f"good{number}.png")

    def begun() -> "subprocess.Popen[str]":
        shutil.rmtree(place.out, ignore_errors=True)
        run = start("transcribe", place.scans, "-o", place.out, "-j", 2)
        ends = time.monotonic() + 60
        while not any(place.out.glob("*.xml")) and time.monotonic() < ends:
            time.sleep(0.02)
        return run

    for case, signals in (
        ("Ctrl-C", [signal.SIGINT]),
        ("Ctrl-C twice", [signal.SIGINT] * 2),
        ("SIGTERM twice", [signal.SIGTERM] * 2),
    ):
        run = begun()
        for number in signals:
            run.send_signal(number)
            time.sleep(0.05)
        yield judge(case, ended(run), {130, -signals[0]}, "", place.out)
    for case, part, codes in (
        ("a worker killed", "spawn_main", {13}),
        ("tesseract killed", "tesseract ", {7}),
    ):
        run = begun()
        done = False
        while not done and run.poll() is None:
            done = kill_one(run.pid, part)
        yield judge(case, ended(run), codes if done else {0}, "good")
    run = begun()
    second = ended(start("transcribe", place.scans, "-o", place.out, "-j", 1))
    yield judge("a second run into the same folder", second, {5}, str(place.out))
    yield judge("the first run, met by a second", ended(run), {0}, "", place.out)
    run = begun()
    run.kill()
    ended(run)
    time.sleep(2)
    left = family(place.out)
    yield Seen("kill -9: no process is left", None, " ".join(map(str, left)), ("orphans",) if left else ())
    yield reading(place, "kill -9: the same command goes on", {0}, "")


def family(out: Path) -> list[int]:
    """Processes whose command line names the output folder of a run (Linux)."""
    mark = os.fsencode(out)
    return [int(p.parent.name) for p in Path("/proc").glob("[0-9]*/cmdline") if mark in _held(p)]


def _held(path: Path) -> bytes:
    try:
        return path.read_bytes().replace(b"\0", b" ")
    except OSError:
        return b""


def kill_one(parent: int, part: str) -> bool:
    """Kills one descendant of a process whose command line holds `part`; was there one?"""
    known = {parent}
    for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        fields = _held(stat).rpartition(b")")[2].split()
        if len(fields) > 1 and int(fields[1]) in known:
            known.add(int(stat.parent.name))
            if part.encode() in _held(stat.with_name("cmdline")):
                os.kill(int(stat.parent.name), signal.SIGKILL)
                return True
    return False


CASES: dict[str, Callable[[Place], Iterator[Seen]]] = {
    "files": files_case,
    "names": names_case,
    "clash": clash_case,
    "output": output_cases,
    "closed": closed_cases,
    "disk": small_disk_cases,
    "environment": environment_cases,
    "recipe": recipe_cases,
    "record": record_cases,
    "stop": stop_cases,
}


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs do not hear Ctrl-C
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    scan = list_scans([Path(sys.argv[1])], Path("none"))[0].scan
    seen: list[Seen] = []
    with tempfile.TemporaryDirectory() as name, Image.open(scan) as whole:
        left, top = max(0, whole.width // 2 - 450), max(0, whole.height // 2 - 250)
        good = whole.convert("L").crop(
            (left, top, min(left + 900, whole.width), min(top + 500, whole.height))
        )
        for kind, cases in CASES.items():
            if wanted not in kind:
                continue
            if kind == "disk" and not ROOT:
                print("disk: left out, mounting a small disk needs root")
                continue
            place = Place(Path(name) / kind, Path(name) / kind / "scans", Path(name) / kind / "out")
            place.scans.mkdir(parents=True)
            good.save(place.scans / "good.png")
            for one in cases(place):
                seen.append(one)
                sentence = (
                    one.sentence.replace(f"{place.folder}/", "").encode("unicode_escape").decode()[:200]
                )
                verdict = f"  UNCLEAR: {'; '.join(one.wrong)}" if one.wrong else ""
                print(f"{one.case:40} {one.code!s:>5}  {sentence}{verdict}", flush=True)
    unclear = [one.case for one in seen if one.wrong]
    print(json.dumps({"cases": len(seen), "clear": len(seen) - len(unclear), "unclear": unclear}))


if __name__ == "__main__":
    main()
