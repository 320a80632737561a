"""What the corridor costs beside bare Tesseract: python bench/cost.py FOLDER [PAGES].

Takes scans of FOLDER in turn until there are PAGES (20), prepares them once, and reads the prepared images
with bare `tesseract` processes two at a time (one thread each); then the same scans with
`ocr transcribe -j 2`, compiled as an installed program is. Each has read one page before, so that neither
waits for the disk. CPU counts user and system time of all processes; both are measured in this one run.
Last line: {"cpu_ratio", "wall_ratio", ...}; the bars are 1.25 and 1.2.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

from ocr.recipe import Recipe
from ocr.scan.leaf import prepare
from ocr.scan.listing import list_scans
from ocr.scan.load import load_sheet


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of the processes that the work starts and waits for."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    work()
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pages", nargs="?", type=int, default=20)
    asked = parser.parse_args()
    wanted, folder_of_scans = asked.pages, asked.folder
    scans = [
        one.scan for one in list_scans([folder_of_scans], Path("none")) if one.scan.parent == folder_of_scans
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scans").mkdir()
        prepared = []
        for number, scan in enumerate(islice(cycle(scans), wanted)):
            shutil.copyfile(scan, folder / "scans" / f"{number:03}{scan.suffix}")
            for place, leaf in enumerate(prepare(load_sheet(scan), Recipe().leaf)):
                image = folder / f"{number:03}.{place}.pgm"
                head = f"P5 {leaf.ink.shape[1]} {leaf.ink.shape[0]} 255\n".encode()
                image.write_bytes(head + leaf.ink.tobytes())
                prepared.append(image)
        single = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        single.pop("PYTHONDONTWRITEBYTECODE", None)

        def bare(image: Path) -> None:
            command: list[str | Path] = [
                "tesseract",
                image,
                image.with_suffix(""),
                "-l",
                "rus",
                "--psm",
                "6",
                "--dpi",
                "300",
                "tsv",
            ]
            subprocess.run(command, env=single, check=True, capture_output=True)

        def all_bare() -> None:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(bare, prepared))

        def ours(given: Path, out: Path) -> None:
            command: list[str | Path] = [sys.executable, "-m", "ocr", "transcribe", given, "-o", out]
            command += ["-j", "2", "--engine", "tesseract"]
            subprocess.run(command, env=single, check=True, capture_output=True)

        bare(prepared[0])
        ours(scans[0], folder / "first")
        bare_cpu, bare_wall = measured(all_bare)
        our_cpu, our_wall = measured(lambda: ours(folder / "scans", folder / "out"))
    print(f"{wanted} pages          CPU s   wall s")
    print(f"bare tesseract    {bare_cpu:7.1f}  {bare_wall:7.1f}")
    print(f"ocr transcribe    {our_cpu:7.1f}  {our_wall:7.1f}")
    print(
        json.dumps(
            {
                "pages": wanted,
                "cpu_ratio": round(our_cpu / bare_cpu, 3),
                "wall_ratio": round(our_wall / bare_wall, 3),
                "bare_cpu_s": round(bare_cpu, 2),
                "our_cpu_s": round(our_cpu, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
