"""TEI of real pages against the points an editor of the Guidelines looks at: tei_points.py FOLDER.

Every scan of FOLDER is read by `ocr transcribe`; then a person corrects, marks, confirms and accepts
words and lines as on the desk, and the machine reads again (redo). After each of these the documents are
gone through by XPath, point by point (`faults`), by our own schema, and, where jing is installed and
../shared/tei is there, by TEI as a whole.
Last line: {"M1": 0, ..., "schema": 0, "tei_all": 0, "bytes_per_letter": {...}}; every count is to be 0.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from lxml import etree

from ocr.corrections.changes import (
    AcceptLine,
    AcceptWords,
    Change,
    CorrectLine,
    MergeLines,
    RemoveLine,
    SetPageState,
    SplitLine,
    edit,
)
from ocr.corrections.view import view
from ocr.tei.names import TEI, XML_ID
from ocr.tei.tree import load
from ocr.tei.validate import problems_of

TEI_ALL = Path(__file__).parents[1] / ".." / "shared" / "tei" / "tei_all.rng"
POINTS = ("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8")
WHO, WHEN = "И. О. Проба", "2026-11-26"
_NEAR = 1e-9


def faults(root: etree._Element) -> dict[str, list[str]]:
    """What is wrong with a document, by the point; no key where nothing is."""
    told: dict[str, list[str]] = {}
    for point, problem in _problems(root):
        told.setdefault(point, []).append(problem)
    return told


def _all(root: etree._Element, path: str) -> list[etree._Element]:
    return cast(list[etree._Element], root.xpath(path, namespaces={"t": TEI}))


def _problems(root: etree._Element) -> Iterator[tuple[str, str]]:
    yield from (("M1", problem) for problem in _pictures(root))
    for place, location in (("t:text", "internal"), ("t:standOff", "external")):
        declared = _all(root, f"t:teiHeader//t:variantEncoding[@location='{location}']")
        if _all(root, f"{place}//t:app") and not declared:
            yield "M2", f"app in {place} and no variantEncoding"
    for choice in _all(root, "//t:choice[t:unclear][not(*[not(self::t:unclear)])]"):
        yield from (("M3", problem) for problem in _distribution(choice))
    yield from (("M4", problem) for problem in _certs(root))
    yield from (("M5", problem) for problem in _responsible(root))
    zones = {e.get(XML_ID) for e in _all(root, "//t:zone")}
    for change in _all(root, "//t:change[@target]"):
        if any(pointer.lstrip("#") in zones for pointer in change.get("target", "").split()):
            yield "M6", f"change {change.get(XML_ID)} targets a zone"
    if len(_all(root, "//t:interpretation//t:measure[@type='review-threshold'][@quantity]")) != 1:
        yield "M8", "no threshold as a number"


def _pictures(root: etree._Element) -> Iterator[str]:
    sizes = [_all(root, f"//t:bibl[@type='scan']//t:measure[@type='{kind}']") for kind in ("width", "height")]
    whole = ["0", "0", *(found[0].get("quantity") for found in sizes)]
    for graphic in _all(root, "//t:graphic"):
        holder = cast(etree._Element, graphic.getparent())
        if [holder.get(edge) for edge in ("ulx", "uly", "lrx", "lry")] != whole:
            yield f"the picture stands in {holder.get(XML_ID) or holder.tag}, which is not of its size"


def _distribution(choice: etree._Element) -> Iterator[str]:
    holder = cast(etree._Element, choice.getparent())
    told = [one.get("cert") or "nan" for one in choice]
    told[0] = choice[0].get("cert") or holder.get("cert") or "nan"  # of a word w tells it
    shares = [float(one) for one in told]
    text = "/".join("".join(str(t) for t in one.itertext()) for one in choice)
    if not sum(shares) <= 1 + _NEAR:
        yield f"{text}: {shares} are no distribution"
    if max(shares) > shares[0]:
        yield f"{text}: the text is not the likeliest of {shares}"


def _certs(root: etree._Element) -> Iterator[str]:
    people = {e.get(XML_ID) for e in _all(root, "//t:respStmt[not(t:name[@type='software'])]")}
    drawn = {e.get(XML_ID) for e in _all(root, "//t:zone[@resp]") if e.get("resp", "")[1:] in people}
    for mark in _all(root, "//t:text//t:pc"):
        lines = _all(mark, "preceding::t:lb[1]")
        by_hand = any(lb.get("facs", "")[1:] in drawn for lb in lines)  # a person's words have no places
        if mark.get("cert") is None or (mark.get("facs") is None and not by_hand):
            yield f"pc {mark.text!r} without cert or facs"
    for unclear in _all(root, "//t:w/t:unclear[@cert] | //t:pc/t:unclear[@cert]"):
        around = cast(etree._Element, unclear.getparent())
        if unclear.get("cert", "").isalpha() and not around.get("cert", "").isalpha():
            yield "unclear with a cert in words beside a number"
    for word in _all(root, "//t:unclear//t:w[@cert='high'] | //t:w[@cert='high'][.//t:unclear]"):
        yield f"{word.text!r} is unclear and sure"


def _responsible(root: etree._Element) -> Iterator[str]:
    pointed: set[str | None] = {p[1:] for e in root.iter("*") for p in e.get("resp", "").split()}
    machines = {e.get(XML_ID) for e in _all(root, "//t:respStmt[t:name[@type='software']]")}
    if _all(root, "//t:idno[@type='machine-digest'][.='merged']"):
        pointed |= machines  # what they read before may have been read anew since
    yield from (f"{name} is named and read nothing" for name in sorted(map(str, machines - pointed)))
    for change in _all(root, "//t:revisionDesc//t:change"):
        if not change.get("when"):
            yield f"change {change.get(XML_ID)} without when"
        for name in (p[1:] for p in change.get("who", "").split()):
            if name in machines and name not in pointed:
                yield f"change {change.get(XML_ID)} by {name}, who read nothing"
    for setting in _all(root, "//t:application/t:p"):
        if (setting.text or "").startswith(("samples=", "training_hours=")):
            yield f"{setting.text} is told of the whole model"


def corrected(content: bytes) -> bytes:
    """A record after a person's work on some of its lines."""
    lines = [line for line in view(content).lines if len(line.tokens) > 2]
    for number, line in enumerate(lines[:6]):
        tokens = list(line.tokens)
        changes: list[Change] = [AcceptLine(line.ident)]
        match number:
            case 0:
                tokens[1] = replace(tokens[1], text=f"«{tokens[1].text}ъ»,")
            case 1:
                tokens[0] = replace(tokens[0], marks=("unclear",))
            case 2:
                tokens[1:3] = [replace(tokens[1], text=tokens[1].text + tokens[2].text)]
            case 3:
                changes = [AcceptWords(tuple(t.id for t in tokens if t.id)), SplitLine(line.ident, 1)]
            case 4:
                changes = [RemoveLine(line.ident)]
            case _:
                changes = [AcceptLine(line.ident, "verified"), SetPageState("corrected")]
        if number < 3:
            changes.insert(0, CorrectLine(line.ident, tuple(tokens)))
        content = edit(content, changes, WHO, WHEN)
    last = view(content).lines[-2:]
    if len({line.region for line in last}) == 1 < len(last):
        content = edit(content, MergeLines(last[0].ident, last[1].ident), WHO, WHEN)
    return content


def _read(folder: Path, output: Path, *options: str) -> list[Path]:
    command = [sys.executable, "-m", "ocr", "transcribe", str(folder), "-o", str(output), *options]
    subprocess.run(command, check=True, capture_output=True)
    return sorted(output.glob("*.xml"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    scans = asked.folder
    counts = Counter(dict.fromkeys((*POINTS, "schema"), 0))
    sizes = {}
    with tempfile.TemporaryDirectory() as name:
        folder, output = Path(name) / "scans", Path(name) / "out"
        folder.mkdir()
        for scan in sorted(scans.glob("*.jpg")):
            (folder / scan.name).symlink_to(scan.resolve())
        (folder / "notebook.toml").write_text('title = "Проба"\nrepository = "Архив"\nfond = 1\n', "utf-8")
        documents: list[Path] = []
        for stage in ("read", "corrected", "redone"):
            records = _read(folder, output, *(["--mode", "redo"] if stage == "redone" else []))
            for record in records:
                if stage == "corrected":
                    record.write_bytes(corrected(record.read_bytes()))
                content = record.read_bytes()
                documents.append(Path(name) / f"{stage}-{record.name}")
                documents[-1].write_bytes(content)
                if stage == "read":
                    letters = sum(len(t.text) for line in view(content).lines for t in line.tokens)
                    sizes[record.stem] = round(len(content) / letters, 1)
        for document in documents:
            root = load(document)
            if len(_all(root, "//t:msDesc[t:msIdentifier/t:idno[@type='fond']='1']")) != 1:
                counts["M7"] += 1
            told = {**faults(root), "schema": [str(problem) for problem in problems_of(root)]}
            for point, problems in told.items():
                counts[point] += len(problems)
                for problem in problems[:5]:
                    print(f"{document.name}: {point}: {problem}")
        jing = shutil.which("jing")
        if jing and TEI_ALL.exists():
            done = subprocess.run([jing, TEI_ALL, *documents], capture_output=True, text=True, check=False)
            counts["tei_all"] = done.stdout.count("error:")
            print(done.stdout, end="")
    for point, count in counts.items():
        print(f"{point:10}{count:6}")
    print(json.dumps({**counts, "bytes_per_letter": sizes}))


if __name__ == "__main__":
    main()
