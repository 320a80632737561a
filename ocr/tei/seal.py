"""Whether a person touched a record: digests of the machine's own content, kept in the header.

The header holds three idno: `fingerprint` (scan and settings, given by whoever writes), `machine-digest`
(over the whole document, its own value left out) and `line-digests` (one per line, region, surface, place
that nobody read and header part), so that a later renewal knows line by line what is still the machine's.
A digest is taken over content, not bytes: white space between elements of header and facsimile, the order
of attributes and the encoding do not count; text, attributes, comments and processing instructions do.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ocr.errors import RecordError, reason_of
from ocr.tei.names import PICTURE, UNREAD, XML_ID, is_element, local, pointers, q
from ocr.tei.tree import load

_PREAMBLE_BYTES = 1 << 18


NOTEBOOK = "notebook"
"""The id of what notebook.toml says, in the header (ocr.corrections.notebook)."""
_OWN_DIGESTS = ("machine-digest", "line-digests")


def read_fingerprint(path: Path) -> str | None:
    """The fingerprint a record carries; None when there is no such file, or no fingerprint in it.

    Reads the header only (256 kB at most), without parsing. RecordError when the file cannot be read.
    """
    return _idno_text(path, b"fingerprint")


def read_scan_digest(path: Path) -> str | None:
    """The sha256 of the scan that a record was read from; None when it names none. Reads the header only.
    RecordError when the file cannot be read."""
    return _idno_text(path, b"sha256")


def _idno_text(path: Path, kind: bytes) -> str | None:
    try:
        with path.open("rb") as file:
            start = file.read(_PREAMBLE_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordError(f"{path} cannot be read ({reason_of(error)}). Check its permissions.") from error
    header, _, _ = start.partition(b"</teiHeader>")
    element = rb"""<(?:[\w.-]+:)?idno\b[^>]*?\btype\s*=\s*["']""" + kind + rb"""["'][^>]*>\s*([^<\s]*)\s*<"""
    match = re.search(element, header)
    return match.group(1).decode("utf-8", "replace") or None if match else None


def is_corrected(path: Path) -> bool:
    """Has a person touched this record? True for any change of content since the machine wrote it,
    for a reader who is not a program, and for a TEI file that carries no digest of ours.

    RecordError when the file cannot be parsed.
    """
    return is_changed(load(path))


def is_changed(root: etree._Element) -> bool:
    """The same, for a tree."""
    if any(local(e) == "respStmt" and not is_machine(e) for e in root.iter(q("respStmt"))):
        return True
    kept = idno(root, "machine-digest")
    return kept is None or (kept.text or "").strip() != document_digest(root)


def is_machine(resp_stmt: etree._Element) -> bool:
    """Does a respStmt name a program?"""
    return resp_stmt.find(f"{q('name')}[@type='software']") is not None


def machine_ids(root: etree._Element) -> frozenset[str]:
    """The ids of the programs that read."""
    return frozenset(e.get(XML_ID, "") for e in root.iter(q("respStmt")) if is_machine(e)) - {""}


def idno(root: etree._Element, kind: str) -> etree._Element | None:
    """The idno of that type in the publication statement."""
    header = root.find(q("teiHeader"))
    return None if header is None else header.find(f".//{q('publicationStmt')}/{q('idno')}[@type='{kind}']")


def document_digest(root: etree._Element) -> str:
    """64 hexadecimal digits over the whole document, comments outside the root included."""
    parts: list[str] = []
    for node in [*reversed(list(root.itersiblings(preceding=True))), root, *root.itersiblings()]:
        if getattr(node, "target", "") == "xml-model":
            continue  # an editor may put its own schema there
        _spell(node, parts, inline=False, restore=frozenset())
    return _digest(parts)


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def part_digests(root: etree._Element) -> dict[str, str]:
    """Eight hexadecimal digits for each line, region, surface and place that nobody read (by the id of its
    zone) and each header part."""
    machines = machine_ids(root)
    zones = {e.get(XML_ID): e for e in root.iter(q("zone"), q("surface"))}
    digests: dict[str, str] = {}

    for name, element in header_parts(root):
        parts: list[str] = []
        _spell(element, parts, inline=False, restore=frozenset())
        digests[name] = _digest(parts)[:8]
    others = _other_readings(root)
    for surface in root.iter(q("surface")):
        parts = [_start_tag(surface)]
        for child in surface:
            if local(child) != "zone" or child.get("type") == PICTURE:
                _spell(child, parts, inline=False, restore=frozenset())
        digests[surface.get(XML_ID, "")] = _digest(parts)[:8]
    for ab in root.iter(q("ab")):
        region = next(iter(pointers(ab, "facs")), "")
        if region in zones:
            parts = [_start_tag(zones[region]), _start_tag(ab, without=("change",))]
            digests[region] = _digest(parts)[:8]
        for nodes in line_parts(ab):
            breaks = (lb for node in nodes if is_element(node) for lb in node.iter(q("lb")))
            ids = [i for lb in breaks for i in pointers(lb, "facs")]
            if len(ids) != 1 or ids[0] not in zones:
                continue
            parts = []
            _spell(zones[ids[0]], parts, inline=False, restore=frozenset())
            for other in others.get(ids[0], []):
                _spell(other, parts, inline=True, restore=frozenset())
            for node in nodes:
                _spell(node, parts, inline=True, restore=machines, lone_break=True)
                parts.append(_quoted(node.tail))
            while parts and not parts[-1].strip(' \t\r\n"'):
                parts.pop()  # whether white space ends a line depends on the next one
            # two line breaks for one zone are a person's work: neither is the machine's any more
            digests[ids[0]] = "-" if ids[0] in digests else _digest(parts)[:8]
    gaps = [gap for gap in root.iter(q("gap")) if gap.get("facs")]
    for zone in zones.values():
        if zone.get("type") == UNREAD:
            name, parts = zone.get(XML_ID, ""), []
            for element in (zone, *(gap for gap in gaps if name in pointers(gap, "facs"))):
                _spell(element, parts, inline=True, restore=frozenset())
            digests[name] = _digest(parts)[:8]
    return digests


def _other_readings(root: etree._Element) -> dict[str, list[etree._Element]]:
    """The kept earlier readings of each line, by the id of its zone."""
    apps: dict[str, list[etree._Element]] = {}
    for stand_off in root.iterchildren(q("standOff")):
        for app in stand_off.iter(q("app")):
            for zone in pointers(app, "corresp"):
                apps.setdefault(zone, []).append(app)
    return apps


def header_parts(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The parts of the header that the machine owns, by name: renewed when no person touched them."""
    header = root.find(q("teiHeader"))
    if header is None:
        return
    paths = {
        "-title": f"{q('fileDesc')}/{q('titleStmt')}/{q('title')}",
        "-scan": f"{q('fileDesc')}/{q('sourceDesc')}/{q('bibl')}[@type='scan']",
        "-notes": f"{q('fileDesc')}/{q('notesStmt')}",
        "-editorial": f"{q('encodingDesc')}/{q('editorialDecl')}",
        "-programs": f"{q('encodingDesc')}/{q('appInfo')}",
    }
    for name, path in paths.items():
        element = header.find(path)
        if element is not None:
            yield name, element


def line_parts(ab: etree._Element) -> list[list[etree._Element]]:
    """The children of an ab, cut before each line break (or child that holds one); what precedes the first
    line break is left out."""
    cut: list[list[etree._Element]] = []
    for child in ab:
        if child.tag == q("lb") or (is_element(child) and child.find(f".//{q('lb')}") is not None):
            cut.append([])
        if cut:
            cut[-1].append(child)
    return cut


def put_seal(root: etree._Element) -> None:
    """Writes both digests into the header, where `idno` elements wait for them."""
    lines = idno(root, "line-digests")
    if lines is not None:
        lines.text = " ".join(f"{name}:{digest}" for name, digest in part_digests(root).items())
    whole = idno(root, "machine-digest")
    if whole is not None:
        whole.text = document_digest(root)


def kept_digests(root: etree._Element) -> dict[str, str]:
    """The digests of the parts as the machine wrote them; empty when the header holds none."""
    kept = idno(root, "line-digests")
    entries = ((kept.text or "") if kept is not None else "").split()
    return dict(entry.rsplit(":", 1) for entry in entries if ":" in entry)


def of_notebook(name: str, ident: str | None, corresp: str | None) -> bool:
    """Does an element hold what notebook.toml says? It is renewed from there, so no digest counts it."""
    if name == "msDesc":
        return ident == NOTEBOOK
    return name in {"author", "licence"} and corresp == f"#{NOTEBOOK}"


def _quoted(text: str | None) -> str:
    return f'"{text}"' if text else ""


def _start_tag(element: etree._Element, without: tuple[str, ...] = ()) -> str:
    attributes = sorted((str(k), str(v)) for k, v in element.attrib.items() if k not in without)
    return f"<{element.tag!s} " + " ".join(f"{k}={v!r}" for k, v in attributes) + ">"


def _spell(
    node: etree._Element,
    parts: list[str],
    *,
    inline: bool,
    restore: frozenset[str],
    lone_break: bool = False,
) -> None:
    """Spells a node out, without its tail. With `restore`, a correction counts as the machine's reading it
    keeps: app(lem, rdg by a machine) is spelt as the content of that rdg."""
    if not is_element(node):  # comment or processing instruction
        parts.append(f"<!{node.text!r}>")
        return
    name = local(node)
    if of_notebook(name, node.get(XML_ID), node.get("corresp")):
        return
    if name == "idno" and node.get("type") in _OWN_DIGESTS:
        parts.append(_start_tag(node))
        return
    if restore and name == "app" and (machine := _machine_reading(node, restore)) is not None:
        _spell_content(machine, parts, inline=inline, restore=restore)
        return
    # which number a line has and whether a word runs over into it depend on its neighbours
    parts.append(_start_tag(node, ("n", "break") if lone_break and name == "lb" else ()))
    _spell_content(node, parts, inline=inline or name in {"ab", "p", "note", "rdg"}, restore=restore)
    parts.append("</>")


def _spell_content(node: etree._Element, parts: list[str], *, inline: bool, restore: frozenset[str]) -> None:
    if inline or (node.text and node.text.strip()):
        parts.append(_quoted(node.text))
    for child in node:
        _spell(child, parts, inline=inline, restore=restore)
        if inline or (child.tail and child.tail.strip()):
            parts.append(_quoted(child.tail))


def _machine_reading(app: etree._Element, machines: frozenset[str]) -> etree._Element | None:
    """The machine's reading inside a person's correction; None when this app is something else."""
    children = list(app)
    if [local(c) for c in children] != ["lem", "rdg"]:
        return None
    lem, rdg = children
    by_machine = [p for p in pointers(rdg, "resp") if p in machines]
    by_person = [p for p in pointers(lem, "resp") if p not in machines]
    return rdg if by_machine and by_person else None
