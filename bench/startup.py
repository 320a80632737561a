"""How soon `ocr --help` answers and `import ocr` returns, and what they load: python bench/startup.py [RUNS].

Last line: {"median_s", "median_cpu_s", "import_s", "heavy"}; import_s is the quickest `import ocr`, and
heavy lists libraries that neither may load.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

HEAVY = ("cv2", "numpy", "lxml", "torch", "onnxruntime", "PIL")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="?", type=int, default=15)
    runs = parser.parse_args().runs
    walls, cpus = [], []
    for _ in range(runs):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run([sys.executable, "-m", "ocr", "--help"], check=True, capture_output=True)
        walls.append(time.monotonic() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    imports = min(_import_s() for _ in range(runs))
    asked = "import sys, ocr, ocr.cli.app; print(*sorted(set(sys.modules) & set(sys.argv[1:])))"
    told = subprocess.run([sys.executable, "-c", asked, *HEAVY], check=True, capture_output=True, text=True)
    print(f"ocr --help over {runs} runs: wall {min(walls):.3f} to {max(walls):.3f} s")
    print(
        json.dumps(
            {
                "median_s": round(statistics.median(walls), 3),
                "median_cpu_s": round(statistics.median(cpus), 3),
                "import_s": round(imports, 4),
                "heavy": told.stdout.split(),
            }
        )
    )


def _import_s() -> float:
    program = "import time; t = time.perf_counter(); import ocr; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return float(done.stdout)


if __name__ == "__main__":
    main()
