"""The plan of the house, held: who may import whom, one door per library, small files, a quick --help."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

OCR = Path(__file__).parents[1] / "ocr"
FILES = sorted(path for path in OCR.rglob("*.py") if "__pycache__" not in path.parts)

TIERS = (
    {"errors", "stop", "arrays"},
    {"geometry", "notation", "text", "settings", "spreadsheet"},
    {"files"},
    {"locks", "models"},
    {"workers"},
    {"page", "faults"},
    {"scan", "tei"},
    {"lines", "corrections"},  # corrections edit the bytes of the record
    {"formats", "search"},  # of lines read from any file, and of many records: use corrections.view
    {"derived", "engines", "synth", "evaluate", "word_table"},
    {"recipe", "report", "exports", "alignment"},
    {"orders", "imports"},
    {"transcribe", "train"},
    {"teaching", "sheet_counts", "cluster"},
    {"hands"},
    {"batch", "review", "door"},
    {"cli"},
    {"__main__"},
)
# Rooms whose values bear the name of what they hold: add a room when no costume is left in it.
FURNISHED = {
    "__init__",
    "__main__",
    "alignment",
    "arrays",
    "batch",
    "cli",
    "cluster",
    "corrections",
    "derived",
    "door",
    "engines",
    "errors",
    "evaluate",
    "exports",
    "faults",
    "files",
    "formats",
    "geometry",
    "hands",
    "imports",
    "lines",
    "locks",
    "models",
    "notation",
    "orders",
    "page",
    "recipe",
    "report",
    "review",
    "scan",
    "search",
    "settings",
    "spreadsheet",
    "sheet_counts",
    "stop",
    "synth",
    "teaching",
    "tei",
    "text",
    "train",
    "transcribe",
    "word_table",
    "workers",
}
COSTUMES = {"told", "held", "found", "one", "said", "seen"}
FINDERS = {"cli", "door", "evaluate", "report"}  # there, found is the other side of the truth
KEYS = {"evaluate/agreement": {"one"}}  # fields that bear the name of their key in JSON
LAYERS = {room: height for height, tier in enumerate(TIERS) for room in tier}

DOORS = {
    "cv2": ("scan", "lines", "synth"),
    "PIL": ("scan", "lines", "synth"),
    "pypdfium2": ("scan/pdf", "scan/pdf_picture"),
    "simplejpeg": ("scan/damage",),
    "pillow_heif": ("scan/kinds",),
    "pytesseract": ("engines/tesseract",),
    "onnxruntime": ("models",),
    "torch": ("train",),
    "lxml": ("tei", "corrections", "formats", "exports", "imports", "search/record"),
    "pikepdf": ("exports/pdf_pages",),
    "dask": ("cluster/dask",),
    "distributed": ("cluster/dask",),
    "docx": ("alignment/editions", "exports"),
    "xlsxwriter": ("exports/workbook",),
    "sqlite3": ("search", "exports/site_search"),
    "pebble": ("workers",),
    "typer": ("cli",),
    "rich": ("cli",),
    **dict.fromkeys(("starlette", "uvicorn", "fastapi", "flask"), ("review",)),
}


def _place(path: Path) -> str:
    return path.relative_to(OCR).with_suffix("").as_posix().removesuffix("/__init__")


def _room(place: str) -> str:
    return place.partition("/")[0]


def _is_room(name: str) -> bool:
    return (OCR / name).is_dir() or (OCR / f"{name}.py").exists()


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything imported, wherever in the file it stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports name their room in full"
            assert node.module is not None
            rooms = (f"ocr.{name.name}" for name in node.names if _is_room(name.name))
            yield from ((node.lineno, name) for name in (rooms if node.module == "ocr" else [node.module]))


def _values(path: Path) -> Iterator[tuple[int, str]]:
    """(line, name) of every parameter, variable and field."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def _id(path: Path) -> str:
    return _place(path)


def test_the_rooms_are_there() -> None:
    assert len(FILES) > 5


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_rooms_import_only_from_lower_ones(path: Path) -> None:
    room = _room(_place(path))
    if room == "__init__":
        return
    assert room in LAYERS, f"{path.name}: give the room {room} its layer"
    for line, name in _imports(path):
        rooms = name.split(".")
        if rooms[0] == "ocr" and len(rooms) > 1 and rooms[1] != room:
            assert LAYERS.get(rooms[1], len(TIERS)) < LAYERS[room], (
                f"{path}:{line}: {room} must not import {name}"
            )


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_a_library_has_one_door(path: Path) -> None:
    place = _place(path)
    for line, name in _imports(path):
        doors = DOORS.get(name.split(".")[0])
        if doors is not None:
            allowed = any(place == door or place.startswith(door + "/") for door in doors)
            assert allowed, f"{path}:{line}: {name} may be imported in {', '.join(doors)} only"


READERS = {"json.loads(": "notation", "tomllib": "notation", "np.load(": "arrays"}
"""What reads bytes of others and raises more than it tells, and the one room that speaks for it."""


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_bytes_of_others_are_read_where_all_errors_are_known(path: Path) -> None:
    text = path.read_text("utf-8").replace('json.loads(static("', "")  # files of ours
    for call, room in READERS.items():
        assert call not in text or _place(path) == room, f"{path}: {call} belongs to ocr/{room}.py"


OWN_FOLDER = {"engines/tesseract"}
"""Rooms that write into temporary folders of their own alone."""


def _writes(path: Path) -> Iterator[int]:
    """Where a file is opened so that a link in its place would be followed, and its end overwritten."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        match node:
            case ast.Call(func=ast.Attribute(attr="write_text" | "write_bytes")):
                yield node.lineno
            case (
                ast.Call(func=ast.Attribute(attr="open"), args=[ast.Constant(value=str(mode)), *_])
                | ast.Call(func=ast.Name(id="open"), args=[_, ast.Constant(value=str(mode)), *_])
            ):
                is_closed_to_links = any(keyword.arg == "opener" for keyword in node.keywords)
                if set(mode) & set("wa+") and not is_closed_to_links:
                    yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_nothing_is_written_through_a_link(path: Path) -> None:
    """Somebody may have laid one there: whole_file, the opener `unlinked` and mode x do not follow it."""
    lines = path.read_text("utf-8").splitlines()
    bad = [line for line in _writes(path) if "os.devnull" not in lines[line - 1]]
    assert not bad or _place(path) in OWN_FOLDER, f"{path}, lines {bad}"


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_a_file_has_one_concept(path: Path) -> None:
    length = len(path.read_text("utf-8").splitlines())
    assert length <= 400, f"{path} has {length} lines: split it by concept"


@pytest.mark.parametrize("path", [path for path in FILES if _room(_place(path)) in FURNISHED], ids=_id)
def test_a_value_is_called_what_it_holds(path: Path) -> None:
    """told, held, one, said and seen name anything: the line, the record, the outcome is meant."""
    allowed = {"found"} if _room(_place(path)) in FINDERS else set()
    refused = COSTUMES - allowed - KEYS.get(_place(path), set())
    worn = [f"{path}:{line}: {name}" for line, name in _values(path) if name in refused]
    assert not worn, "\n".join(worn)


@pytest.mark.skipif(not (OCR / "cli" / "app.py").exists(), reason="the command line is not built yet")
def test_help_is_quick_because_it_loads_little() -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ocr", "--help"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in run.stderr.splitlines()}
    assert "ocr" in loaded
    assert not loaded & {"cv2", "numpy", "torch", "onnxruntime", "lxml", "PIL"}


def test_nothing_is_kept_for_sending(tmp_path: Path) -> None:
    """onnxruntime writes an id and a queue of events into the user's home unless it is told not to."""
    program = "import ocr, onnxruntime; onnxruntime.get_available_providers()"
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    home.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", program], env=home, check=True, cwd=OCR.parent)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
