"""Known holes of the installed libraries: python bench/audit.py PYTHON PIP-AUDIT (see `make audit`).

The list is made from what is installed where PYTHON runs: each library in exactly that version, without our
own package and without labels of builds ("+cpu"). pip-audit asks the Python advisory database about it. By
itself it ends well, and says that no hole is known, when nobody could be asked; here that is an error. Exit
code 0: all were asked and none has a known hole; 1: some have; 3: some could not be asked.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LIST = (
    "import importlib.metadata as m, json; "
    "print(json.dumps(sorted({(d.name, d.version) for d in m.distributions()})))"
)


def pinned(installed: Sequence[Sequence[str]]) -> list[str]:
    """NAME==VERSION of each library, as a file of requirements has them."""
    rows = ((_name(name), version.partition("+")[0]) for name, version in installed)
    return [f"{name}=={version}" for name, version in rows if name != "tetradi"]


def _name(name: str) -> str:
    """As the index writes it."""
    return re.sub("[-_.]+", "-", name).lower()


def judged(wanted: Sequence[str], answer: dict[str, Any]) -> tuple[int, list[str]]:
    """Exit code and sentences; `answer`: what pip-audit tells as JSON."""
    known = {_name(each["name"]): each for each in answer.get("dependencies", ())}
    asked = {
        name: known[name]
        for name in (row.partition("==")[0] for row in wanted)
        if "vulns" in known.get(name, {})
    }
    holes = [
        f"{name} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none yet'}"
        for name, each in asked.items()
        for hole in each["vulns"]
    ]
    missing = [row for row in wanted if row.partition("==")[0] not in asked]
    if missing:
        reasons = {each["skip_reason"].partition(":")[0] for each in known.values() if "skip_reason" in each}
        why = f" ({'; '.join(sorted(reasons))})" if reasons else ""
        holes.append(
            f"The advisory database could not be asked about {len(missing)} of {len(wanted)} libraries{why}, "
            f"so nothing is known of them: {', '.join(missing)}. Run it again where the network reaches it."
        )
        return 3, holes
    if holes:
        return 1, holes
    return 0, [f"{len(wanted)} libraries, no known hole."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python")
    parser.add_argument("audit", metavar="PIP-AUDIT")
    asked = parser.parse_args()
    python, audit = asked.python, asked.audit
    listed = subprocess.run([python, "-c", LIST], check=True, capture_output=True, text=True).stdout
    wanted = pinned(json.loads(listed))
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text("\n".join(wanted) + "\n", encoding="utf-8")
        how = ("--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off")
        run = subprocess.run([audit, *how, "-r", requirements], check=False, capture_output=True, text=True)
    try:
        answer = json.loads(run.stdout)
    except ValueError:
        answer = {}
        print(run.stderr.strip()[-500:], file=sys.stderr)
    code, sentences = judged(wanted, answer)
    print("\n".join(sentences))
    sys.exit(code)


if __name__ == "__main__":
    main()
