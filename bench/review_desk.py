"""How long the reviewer's desk lets one wait, over HTTP on this machine.

python bench/review_desk.py RECORD.xml SCAN [--notebooks 500] [--pages 100] [--repeat 20]: RECORD is copied
into so many notebooks with so many pages, and corrected word by word in one of them; SCAN is looked at. Times
are of the client, in ms: the median where a thing is done repeatedly; cpu is of client and server together.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx2
import uvicorn

from ocr.review.app import build
from ocr.review.desk import Desk
from ocr.review.guard import HostRules
from ocr.review.serve import listen
from ocr.review.tiles import Scans
from ocr.scan import load


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("record", type=Path)
    parser.add_argument("scan", type=Path)
    parser.add_argument("--notebooks", type=int, default=500)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=20)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        made(root, told.record, told.scan, told.notebooks, told.pages)
        measured = measure(root, told.repeat)
    whole = load.load_sheet(told.scan)
    measured["scan_megapixels"] = round(whole.source.width_px * whole.source.height_px / 1e6, 1)
    for name, value in measured.items():
        print(f"{name:36}{value:>12}")
    print(json.dumps(measured))


def made(root: Path, record: Path, scan: Path, notebooks: int, pages: int) -> None:
    """The folders: the record again and again (linked where the system can), the first naming the scan."""
    held = record.read_text("utf-8")
    before = held.partition('<idno type="file">')[2].partition("<")[0]
    for notebook in range(notebooks):
        folder = root / "output" / f"notebook-{notebook + 1}"
        folder.mkdir(parents=True)
        for page in range(pages):
            place = folder / f"page-{page + 1}.xml"
            if notebook and page:
                os.link(root / "output/notebook-1/page-2.xml", place)
            else:
                place.write_text(held.replace(f">{before}<", f">{scan.name}<"), "utf-8")
    (root / "scans").mkdir()
    shutil.copy(scan, root / "scans")


def measure(root: Path, repeat: int) -> dict[str, float]:
    """Milliseconds of each thing a reviewer waits for."""
    heard = listen("127.0.0.1", 0)
    host = f"127.0.0.1:{heard.getsockname()[1]}"
    desk, scans = Desk(root / "output", (root / "scans",)), Scans()
    config = uvicorn.Config(
        build(desk, scans, HostRules(frozenset({host})), "bench"), log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, kwargs={"sockets": [heard]}, daemon=True).start()
    with httpx2.Client(base_url=f"http://{host}", timeout=120) as client:
        client.get("/")
        found: dict[str, float] = {"desk_first_ms": _ms(lambda: client.get("/api/desk"))}
        found["desk_again_ms"], found["desk_again_worst_ms"] = _often(lambda: client.get("/api/desk"), 5)
        stop = threading.Event()
        counting = threading.Thread(target=desk.count_all, args=(stop,))
        begun = time.perf_counter()
        counting.start()
        found["desk_while_counting_ms"], _ = _often(lambda: client.get("/api/desk"), 5)
        book = client.get("/api/desk").json()["notebooks"][-1]
        found["pages_of_a_notebook_ms"] = _ms(lambda: client.get(f"/api/notebooks/{book['id']}/pages"))
        counting.join()
        found["counted_s"] = round(time.perf_counter() - begun, 1)
        begun = time.perf_counter()
        Desk(root / "output", ()).count_all(stop)
        found["counted_when_opened_again_s"] = round(time.perf_counter() - begun, 1)
        found["queue_of_50_ms"], _ = _often(lambda: client.get("/api/queue"), 3)
        found |= _page(client, desk, repeat)
    server.should_exit = True
    scans.close()
    return found


def _page(client: httpx2.Client, desk: Desk, repeat: int) -> dict[str, float]:
    page = desk.notebooks()[0].pages[0].ident
    found: dict[str, float] = {"page_first_ms": _ms(lambda: client.get(f"/api/pages/{page}"))}
    found["page_again_ms"], _ = _often(lambda: client.get(f"/api/pages/{page}"), repeat)
    begun = time.perf_counter()
    sizes = client.get(f"/tiles/{page}.json").json()
    found["scan_opened_ms"] = round(1000 * (time.perf_counter() - begun), 1)
    coarse = sizes["max_level"] - 3
    client.get(sizes["url"].format(level=coarse, x=0, y=0)).raise_for_status()
    found["first_tile_ms"] = round(1000 * (time.perf_counter() - begun), 1)
    client.get(sizes["url"].format(level=sizes["max_level"], x=1, y=1)).raise_for_status()
    found["first_tile_full_size_ms"] = round(1000 * (time.perf_counter() - begun), 1)
    places = (
        (x, y)
        for y in range(sizes["height"] // sizes["tile"])
        for x in range(sizes["width"] // sizes["tile"])
    )
    waits = [
        _ms(partial(client.get, sizes["url"].format(level=sizes["max_level"], x=x, y=y)))
        for (x, y), _ in zip(places, range(50), strict=False)
    ]
    found["tile_ms"], found["tile_worst_ms"] = round(statistics.median(waits), 1), max(waits)
    found["strip_ms"], _ = _often(lambda: client.get(f"/strips/{page}/s1_r1_l1.jpg?h=160"), repeat)
    saves, cpu = [], []
    for number in range(repeat):
        held = client.get(f"/api/pages/{page}").json()
        line = next(one for one in held["lines"][number % len(held["lines"]) :] if one["tokens"])
        line["tokens"][0]["text"] = f"слово{number}"
        changes = [
            {"change": "CorrectLine", "line": line["id"], "tokens": line["tokens"]},
            {"change": "AcceptLine", "line": line["id"]},
        ]
        begun, spent = time.perf_counter(), time.process_time()
        answer = client.post(
            f"/api/pages/{page}/changes", json={"changes": changes}, headers={"If-Match": held["etag"]}
        )
        saves.append(round(1000 * (time.perf_counter() - begun), 1))
        cpu.append(round(1000 * (time.process_time() - spent), 1))
        answer.raise_for_status()
    found["save_cpu_ms"] = round(statistics.median(cpu), 1)
    found["words"] = sum(len(line["tokens"]) for line in held["lines"])
    found["save_ms"], found["save_worst_ms"] = round(statistics.median(saves), 1), max(saves)
    return found


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return round(1000 * (time.perf_counter() - begun), 1)


def _often(work: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Median and worst, milliseconds."""
    waits = [_ms(work) for _ in range(repeat)]
    return round(statistics.median(waits), 1), max(waits)


if __name__ == "__main__":
    main()
