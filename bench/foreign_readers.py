"""Who reads bytes of others: valid ones, how they are made wrong, what is done with them (bench/fuzz.py)."""

import contextlib
import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from bench import mutants

Read = Callable[[Path, bytes], object]


@dataclass(frozen=True, slots=True)
class Reader:
    """Something that takes bytes of others."""

    name: str
    file: str
    """What the file is called in which the bytes lie."""
    seeds: Callable[[], list[bytes]]
    mutate: mutants.Mutate
    reads: tuple[Read, ...]
    """What is done with it, one after the other."""


_TESTS = Path(__file__).parents[1] / "tests"


@cache
def _records() -> list[bytes]:
    from tests.exports.records import page_of

    golden = [
        (_TESTS / name).read_bytes()
        for name in ("golden/record.xml", "golden/record.corrected.xml", "golden/desk.page.xml",
                     "tei/golden/marks.xml", "tei/golden/empty.xml")
    ]  # fmt: skip
    from ocr.tei.write import to_tei

    return [*golden, to_tei(page_of("В начале\nбыло слово", "и слово было"))]


def _exported(form: str) -> list[bytes]:
    from tests.imports.roundtrip import exported

    made = []
    for record in _records():
        with contextlib.suppress(Exception):
            made.append(exported(record, form))
    if form == "page":
        from tests.imports.exports import page

        made.append(page("раз два", "три", status="GT", custom="textStyle {offset:0; length:3; bold:true;}"))
    return made


def _word_files() -> list[bytes]:
    import docx

    made = []
    for table in (False, True):
        document = docx.Document()
        document.add_heading("Глава", 1)
        document.add_paragraph("В начале было слово")
        if table:
            document.add_table(2, 2).cell(0, 0).text = "да"
        packed = io.BytesIO()
        document.save(packed)
        made.append(packed.getvalue())
    return made


@cache
def _a_picture() -> bytes:
    return _pictures("PNG")[0]


def _zips() -> list[bytes]:
    import zipfile

    from tests.imports.exports import page

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("book/page/0001.xml", page("раз два"))
        archive.writestr("book/alto/0001.xml", _exported("alto")[0])
        archive.writestr("book/0001.png", _pictures("PNG")[0])
        archive.writestr("book/mets.xml", b"<mets/>")
    return [packed.getvalue()]


def _manifests() -> list[bytes]:
    from tests.imports.server import manifest_2, manifest_3

    return [manifest_3("http://a.example"), manifest_2("http://a.example")]


def _pictures(form: str) -> list[bytes]:
    import numpy as np
    from PIL import Image

    if form == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    grey = Image.fromarray(np.random.default_rng(1).integers(0, 255, (80, 96), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    made = []
    for image, how in (
        (grey, {}),
        (grey.convert("RGB"), {"exif": exif, "dpi": (300, 300)}),
        (grey.convert("1"), {}),
    ):
        packed = io.BytesIO()
        with contextlib.suppress(OSError, KeyError, ValueError, TypeError):
            image.save(packed, form, **how)
            made.append(packed.getvalue())
    return made


def _tiffs() -> list[bytes]:
    import numpy as np
    from PIL import Image

    grey = Image.fromarray(np.random.default_rng(1).integers(0, 255, (80, 96), dtype=np.uint8))
    made = []
    for how in ({}, {"compression": "tiff_lzw"}, {"compression": "tiff_deflate"}, {"compression": "jpeg"},
                {"save_all": True, "append_images": [grey, grey]}):  # fmt: skip
        packed = io.BytesIO()
        grey.save(packed, "TIFF", **how)
        made.append(packed.getvalue())
    packed = io.BytesIO()
    grey.convert("1").save(packed, "TIFF", compression="group4")
    return [*made, packed.getvalue()]


def _pdfs() -> list[bytes]:
    import numpy as np
    from PIL import Image

    packed = io.BytesIO()
    sheet = Image.new("L", (80, 96), 200)
    sheet.save(packed, "PDF", save_all=True, append_images=[sheet])
    from tests.scan.pdfs import PdfPage, pdf, whole_page

    page = PdfPage((0, 0, 80, 96), whole_page((0, 0, 80, 96)), (np.full((96, 80), 200, np.uint8),))
    return [packed.getvalue(), pdf(page, page)]


@cache
def _nets() -> list[bytes]:
    """Small nets with the facts of ours."""
    from onnx import TensorProto, helper

    strips = helper.make_tensor_value_info("strips", TensorProto.FLOAT, [1, 1, 48, None])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, None, 48])
    squeeze = helper.make_node("Squeeze", ["strips", "one"], ["rows"])
    transpose = helper.make_node("Transpose", ["rows"], ["scores"], perm=[0, 2, 1])
    one = helper.make_tensor("one", TensorProto.INT64, [1], [1])
    graph = helper.make_graph([squeeze, transpose], "small", [strips], [scores], [one])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    from ocr.engines.calibration import Calibration
    from ocr.engines.cursive import KIND

    facts = {"kind": KIND, "alphabet": "".join(map(chr, range(0x430, 0x430 + 47))), "frame_px": "4",
             "calibration": Calibration().to_json(), "stage": "x"}  # fmt: skip
    helper.set_model_props(model, facts)
    return [model.SerializeToString()]


def _arrays(**parts: Any) -> bytes:
    import numpy as np

    packed = io.BytesIO()
    np.savez_compressed(packed, **parts)
    return packed.getvalue()


def _languages() -> list[bytes]:
    import numpy as np

    sizes = ({"children": [3], "rests": [9]}, {"children": [1, 1, 0], "rests": [9, 9, 9]})
    runs = ({"letters": [1, 2, 3], "shares": [5, 6, 7]}, {"letters": [1, 2], "shares": [8, 9]})
    parts = {
        f"{name}.{depth}.{part}": np.array(values, np.uint8)
        for name in ("old", "new")
        for depth in range(2)
        for part, values in (sizes[depth] | runs[depth]).items()
    }
    return [_arrays(alphabet=np.array("абв"), **parts)]


def _vocabularies() -> list[bytes]:
    import numpy as np

    numbers, costs = np.arange(9, dtype=np.uint32), np.arange(9, dtype=np.uint8)
    return [_arrays(words=numbers, word_costs=costs, pairs=numbers, pair_costs=costs)]


def _labelled() -> list[bytes]:
    import numpy as np

    return [
        _arrays(
            strips=np.zeros((4, 9), np.float16), widths=np.array([4, 5]), weights=np.array([1.0, 0.5]),
            owners=np.array([0, 0, 1]), shares=np.array([0.6, 0.4, 1.0]), lengths=np.array([1, 2, 1]),
            codes=np.array([1, 2, 3, 4], np.uint8),
        )
    ]  # fmt: skip


# what is done with them


def _tei(path: Path, content: bytes) -> None:
    """All that reads a record."""
    from ocr.corrections.view import view_of
    from ocr.formats.leaves import leaves_of
    from ocr.formats.metadata import is_done, made_by, metadata_of, scan_facts
    from ocr.formats.text import plain_text
    from ocr.tei.flow import TextRules
    from ocr.tei.parse import parse_tei
    from ocr.tei.plain import to_text
    from ocr.tei.seal import is_corrected, read_fingerprint, read_scan_digest
    from ocr.tei.validate import validate
    from ocr.tei.write import to_tei

    _each(
        lambda: read_fingerprint(path), lambda: read_scan_digest(path), lambda: is_corrected(path),
        lambda: validate(path), lambda: plain_text(path), lambda: leaves_of(path, TextRules()),
        lambda: metadata_of(path), lambda: scan_facts(path), lambda: made_by(path), lambda: is_done(path),
        lambda: view_of(path), lambda: to_text(parse_tei(path)), lambda: to_tei(parse_tei(path)),
    )  # fmt: skip


def _edits(path: Path, content: bytes) -> None:
    """A record corrected and renewed, as the desk and a redo do."""
    from ocr.corrections.changes import AcceptLine, CorrectLine, edit
    from ocr.corrections.renew import renew
    from ocr.corrections.tokens import Token
    from ocr.corrections.view import view
    from ocr.tei.parse import parse_tei

    line = view(content).lines[0].ident if view(content).lines else "s1_r1_l1"
    change = CorrectLine(line, (Token("новое"), Token("слово")))
    fresh = parse_tei(_records()[-1])
    _each(
        lambda: edit(content, [change, AcceptLine(line)], "А. Б.", "2026-11-22"),
        lambda: renew(content, fresh, review_threshold=0.6, when="2026-11-22"),
    )


_SLOW = {"pdf", "images", "site", "docx"}


def _exports(path: Path, content: bytes) -> None:
    """Written in a format, another each time."""
    from ocr.exports.formats import FORMATS
    from ocr.exports.run import export

    quick = sorted(FORMATS.keys() - _SLOW)
    chosen = quick[len(content) % len(quick)]
    with tempfile.TemporaryDirectory(dir=path.parent) as out:
        for made in export([path], chosen, Path(out), scans=[]):
            if made.error is not None:
                raise made.error


def _foreign(path: Path, content: bytes) -> None:
    """Evaluated, and imported."""
    from ocr.formats.leaves import leaves_of, root_of
    from ocr.formats.metadata import made_by, scan_facts
    from ocr.imports.fitting import fitted
    from ocr.imports.record import Provenance, record_of
    from ocr.imports.run import pages_of
    from ocr.imports.scans import source_without
    from ocr.tei.flow import TextRules
    from ocr.tei.parse import parse_tei

    def imported() -> None:
        digest = hashlib.sha256(content).hexdigest()
        of = Provenance("А. Б.", path.name, digest, "f" * 64, "2026-11-27")
        for page in pages_of(content, path):
            source = source_without(page)
            fit = fitted(page, source.width_px, source.height_px, scale=True)
            parse_tei(record_of(fit, source, of))

    _each(
        lambda: root_of(path), lambda: leaves_of(path, TextRules()), lambda: scan_facts(path),
        lambda: made_by(path), imported,
    )  # fmt: skip


def _unzipped(path: Path, content: bytes) -> None:
    from ocr.imports.zips import unpacked

    into = path.parent / "unpacked" / "deep"
    with unpacked(path, into):
        made = [file for file in path.parent.rglob("*") if file not in {path, into.parent, into}]
        assert all(file.is_relative_to(into) for file in made), "outside"


def _transcription(path: Path, content: bytes) -> None:
    from ocr.alignment.editions import text_of

    text_of([path])


def _manifest(path: Path, content: bytes) -> None:
    from ocr.imports.manifest import read_manifest

    for picture in read_manifest(content, "https://a.example/m.json").pictures:
        assert "/" not in picture.name, picture.name
        assert picture.name not in {"", ".", ".."}


def _equal(path: Path, content: bytes) -> None:
    from ocr.evaluate.choices import read_equal

    read_equal(path).changed("съѣлъ")


def _groups(path: Path, content: bytes) -> None:
    from ocr.evaluate import groups
    from ocr.evaluate.pair import PageText, Pair

    nothing = PageText("", ())  # type: ignore[arg-type]
    groups._by_table([Pair(name, nothing, nothing) for name in "ab"], path)


def _calibration(path: Path, content: bytes) -> None:
    from ocr.evaluate.recalibration import read

    table = read(path)
    for level in ("letters", "words"):
        table.apply(level, 0.7)  # type: ignore[arg-type]


def _own_words(path: Path, content: bytes) -> None:
    from ocr.engines.vocabulary import Vocabulary, from_shares

    empty: Vocabulary = from_shares([], [])
    empty.with_own(path)


def _lesson(path: Path, content: bytes) -> None:
    from ocr.train.hands import table_lines

    (path.parent / "a.png").write_bytes(_a_picture())
    list(table_lines(path))


def _journal(path: Path, content: bytes) -> None:
    """A journal beside its page, and its page opened."""
    from ocr.review.journal import Journal, journal_path

    page = path.parent / "page.xml"
    page.write_bytes(_records()[-1])
    journal_path(page).write_bytes(content)
    _each(
        lambda: Journal(page).current(), lambda: Journal(page).history("s1_r1_l1"),
        lambda: Journal(page).conflicts(),
    )  # fmt: skip


def _journals() -> list[bytes]:
    from ocr.corrections.changes import AcceptLine, CorrectLine
    from ocr.corrections.tokens import Token
    from ocr.review.journal import Journal, journal_path

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.xml"
        page.write_bytes(_records()[-1])
        journal = Journal(page)
        for change in (CorrectLine("s1_r1_l1", (Token("раз"), Token("два"))), AcceptLine("s1_r1_l2")):
            assert journal.save({journal.current().sha}, [change], "А. Б.", "2026-11-22")
        return [journal_path(page).read_bytes()]


def _body(path: Path, content: bytes) -> None:
    """What is sent to the desk."""
    from ocr.corrections.changes import Change
    from ocr.review.values import UnfitError, body_of, read

    with contextlib.suppress(UnfitError):
        read(body_of(content).get("changes"), tuple[Change, ...], "changes")


def _ledgers(path: Path, content: bytes) -> None:
    """What we keep beside records, which anybody may have written on a shared drive."""
    from pathlib import PurePosixPath

    from ocr.batch import _read_from
    from ocr.derived import _ledger, _origin
    from ocr.exports.output import GroupOutput
    from ocr.files import INVENTORY
    from ocr.teaching import read_ledger

    folder = path.parent
    (folder / INVENTORY).write_bytes(content)
    (folder / "hand.json").write_bytes(content)
    for place in (_ledger(folder / "a.txt"), GroupOutput(folder, PurePosixPath("a"), "page", "x")._ledger()):
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    GroupOutput(folder, PurePosixPath("a"), "page", "x")._notes().write_bytes(content)
    _each(
        lambda: _read_from(folder), lambda: _origin(folder / "a.txt"), lambda: read_ledger(folder, "hand"),
        lambda: GroupOutput(folder, PurePosixPath("a"), "page", "x").is_current(),
    )  # fmt: skip


def _net(path: Path, content: bytes) -> None:
    """A model opened and shown a strip."""
    import numpy as np

    from ocr.engines.cursive import load_model

    load_model(path).look(np.zeros((60, 90), np.uint8))


def _language(path: Path, content: bytes) -> None:
    from ocr.engines.language import load_language

    model = load_language(path)
    for spelling in model.spellings.values():
        for line in (b"", b"\1", b"\1\2"):
            spelling.after(line)


def _vocabulary(path: Path, content: bytes) -> None:
    from ocr.engines.vocabulary import load_vocabulary

    load_vocabulary(path).log_probability("слово", "было")


def _soft_lines(path: Path, content: bytes) -> None:
    from ocr.train.pseudo_labels import load_lines

    load_lines(path)


def _scan(path: Path, content: bytes) -> None:
    """A scan counted and loaded, errors told as a batch tells them."""
    from ocr.faults import as_error
    from ocr.scan import load

    def told(read: Callable[[], object]) -> None:
        try:
            read()
        except Exception as error:
            ours = as_error(error, str(path))
            if "fault of ours" in str(ours):
                raise
            raise ours from error

    _each(
        lambda: told(lambda: load.count_sheets(path)), lambda: told(lambda: load.load_sheet(path, 1)),
        lambda: told(lambda: load.load_reduced(path, 40)),
    )  # fmt: skip


def _notebook(path: Path, content: bytes) -> None:
    from ocr.tei.notebook import load_notebook

    load_notebook(path)


def _recipe(path: Path, content: bytes) -> None:
    from ocr.recipe import load_recipe

    load_recipe(path)


def _each(*reads: Callable[[], object]) -> None:
    """All of them; an error of ours, if there was one, is raised in the end."""
    from ocr.errors import OcrError

    refused: OcrError | None = None
    for read in reads:
        try:
            read()
        except OcrError as error:
            refused = error
    if refused is not None:
        raise refused


_TOML = (b'title = "Tetrad"\nfond = 12\nhands = ["a", "b"]\ndates = 1899\n',)
_RECIPE = (b'engine = "auto"\n[scan]\ndpi = 300.0\n[tesseract]\npsm = 7\nlanguage = "rus"\n[auto]\n',)
_EQUAL = (
    'name = "мой"\nfrom = "strict"\n[ignore]\ncharacters = "ъ"\n[equal]\n"ѣ" = "е"\n"і" = "и"\n'.encode(),
)
_CSV = ("page,hand,year\na,Иванов,1899\nb,Петров,1900\n".encode(), b"page;hand\na;x\n", b"page\thand\na\tx\n")


def _calibrations() -> list[bytes]:
    from ocr.evaluate import recalibration

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.json"
        recalibration.ASSUMED.write(path)
        table = json.loads(path.read_bytes())
    proof = {"ece_before": 0.2, "ece_after": 0.1, "brier_before": 0.2, "brier_after": None}
    points = {"believed": [0.1, 0.5, 0.9], "right": [0.2, 0.4, 0.8], "count": 9}
    curves = [{"level": level, "kind": "isotonic", **points} for level in ("word", "letter")]
    return [json.dumps(table | {"curves": curves, "pages": ["a"], "proof": proof}).encode()]


def _sent() -> bytes:
    entries = [
        json.loads(line) for line in (_TESTS / "golden/desk.journal.jsonl").read_text("utf-8").splitlines()
    ]
    changes = [change for entry in entries for change in entry.get("changes", ())]
    return json.dumps({"changes": changes, "by": "А. Б.", "base": {}}).encode()


def _ledger_seeds() -> list[bytes]:
    digest = "ab" * 32
    return [
        (_TESTS / "golden/run.jsonl").read_bytes(),
        json.dumps({"file": "a.txt", "record": digest, "written": [digest, digest], "ink": "all"}).encode(),
        json.dumps({"place": "a", "format": "page", "origin": "x", "files": {"a.xml": [digest]}}).encode(),
        json.dumps(["a.xml", [digest]]).encode(),
    ]


READERS = (
    Reader("tei", "page.xml", _records, mutants.xml, (_tei,)),
    Reader("tei corrected", "page.xml", _records, mutants.xml, (_edits,)),
    Reader("tei exported", "page.xml", _records, mutants.xml, (_exports,)),
    Reader("page", "page.xml", partial(_exported, "page"), mutants.xml, (_foreign,)),
    Reader("alto", "page.xml", partial(_exported, "alto"), mutants.xml, (_foreign,)),
    Reader("hocr", "page.hocr", partial(_exported, "hocr"), mutants.xml, (_foreign,)),
    Reader("docx", "a.docx", _word_files, mutants.zips(mutants.xml), (_transcription,)),
    Reader("zip", "a.zip", _zips, mutants.zips(mutants.xml), (_unzipped,)),
    Reader("iiif", "m.json", _manifests, mutants.as_json, (_manifest,)),
    Reader("equal", "e.toml", lambda: list(_EQUAL), mutants.tokens, (_equal,)),
    Reader("groups", "g.csv", lambda: list(_CSV), mutants.tokens, (_groups,)),
    Reader("calibration", "c.json", _calibrations, mutants.as_json, (_calibration,)),
    Reader("words", "w.txt", lambda: ["Иванъ\nСело Покровское\n".encode()], mutants.tokens, (_own_words,)),
    Reader("lesson", "l.tsv", lambda: ["a.png\tраз\na.png\tдва\n".encode()], mutants.tokens, (_lesson,)),
    Reader("journal", "j", _journals, mutants.as_json, (_journal,)),
    Reader("desk body", "b", lambda: [_sent()], mutants.as_json, (_body,)),
    Reader("ledgers", "l", _ledger_seeds, mutants.as_json, (_ledgers,)),
    Reader("net", "m.onnx", _nets, mutants.any_bytes, (_net,)),
    Reader("language", "l.npz", _languages, mutants.zips(mutants.any_bytes), (_language,)),
    Reader("vocabulary", "v.npz", _vocabularies, mutants.zips(mutants.any_bytes), (_vocabulary,)),
    Reader("labelled lines", "s.npz", _labelled, mutants.zips(mutants.any_bytes), (_soft_lines,)),
    Reader("jpeg", "a.jpg", partial(_pictures, "JPEG"), mutants.any_bytes, (_scan,)),
    Reader("png", "a.png", partial(_pictures, "PNG"), mutants.any_bytes, (_scan,)),
    Reader("tiff", "a.tif", _tiffs, mutants.any_bytes, (_scan,)),
    Reader("heic", "a.heic", partial(_pictures, "HEIF"), mutants.any_bytes, (_scan,)),
    Reader("webp", "a.webp", partial(_pictures, "WEBP"), mutants.any_bytes, (_scan,)),
    Reader("jpeg 2000", "a.jp2", partial(_pictures, "JPEG2000"), mutants.any_bytes, (_scan,)),
    Reader("gif", "a.gif", partial(_pictures, "GIF"), mutants.any_bytes, (_scan,)),
    Reader("bmp", "a.bmp", partial(_pictures, "BMP"), mutants.any_bytes, (_scan,)),
    Reader(
        "pdf",
        "a.pdf",
        _pdfs,
        lambda dice, seeds: (mutants.tokens if dice.random() < 0.6 else mutants.any_bytes)(dice, seeds),
        (_scan,),
    ),
    Reader("notebook", "notebook.toml", lambda: list(_TOML), mutants.tokens, (_notebook,)),
    Reader("recipe", "r.toml", lambda: list(_RECIPE), mutants.tokens, (_recipe,)),
)
