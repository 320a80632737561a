"""The header of a renewed record: the machine's parts replaced where no person touched them."""

from copy import deepcopy
from itertools import count

from lxml import etree

from ocr.tei.names import INDENT, XML_ID, is_element, q
from ocr.tei.seal import header_parts, idno, is_machine

_ORDER_IN_FILE_DESC = ("titleStmt", "editionStmt", "extent", "publicationStmt", "seriesStmt")


def merge_header(old: etree._Element, new: etree._Element, ours: set[str], when: str | None) -> str:
    """Renews the old header from the new one; gives the id of the change that tells of it.

    `ours` names the parts that are still the machine's (see seal.header_parts) and is brought up to date.
    """
    _bring_readers(old, new)
    fresh, held = dict(header_parts(new)), dict(header_parts(old))
    for name, part in fresh.items():
        if name == "-programs":
            continue
        if name in ours and name in held:
            _exchange(held[name], deepcopy(part))
        elif name == "-notes" and name not in held:
            _add_notes(old, deepcopy(part))
            ours.add(name)
    if "-notes" in held and "-notes" in ours and "-notes" not in fresh:
        _exchange(held["-notes"], None)
        ours.discard("-notes")
    _bring_programs(held.get("-programs"), fresh.get("-programs"), old, whole="-programs" in ours)
    _bring_variants(old, new)
    for kind in ("fingerprint",):
        here, there = idno(old, kind), idno(new, kind)
        if here is not None and there is not None:
            here.text = there.text
    return _tell(old, new, when)


def _exchange(old: etree._Element, new: etree._Element | None) -> None:
    parent = old.getparent()
    assert parent is not None  # parts of a header have one
    if new is None:
        parent.remove(old)
    else:
        new.tail = old.tail
        parent.replace(old, new)


def _add_notes(old: etree._Element, notes: etree._Element) -> None:
    file_desc = old.find(f"{q('teiHeader')}/{q('fileDesc')}")
    if file_desc is not None:
        before = [e for e in file_desc if is_element(e) and e.tag in map(q, _ORDER_IN_FILE_DESC)]
        before[-1].addnext(notes) if before else file_desc.insert(0, notes)


def _bring_readers(old: etree._Element, new: etree._Element) -> None:
    """Programs and persons that the old record does not name yet."""
    title_stmt = old.find(f".//{q('titleStmt')}")
    if title_stmt is None:
        return
    known = {e.get(XML_ID) for e in old.iter() if is_element(e)}
    for statement in new.iter(q("respStmt")):
        if statement.get(XML_ID) not in known:
            machines = [e for e in title_stmt.findall(q("respStmt")) if is_machine(e)]
            titles = title_stmt.findall(q("title"))
            after = machines or titles
            copied = deepcopy(statement)
            copied.tail = None
            if after:
                copied.tail, after[-1].tail = after[-1].tail, after[-1].tail
                after[-1].addnext(copied)
            else:
                title_stmt.append(copied)


def _bring_variants(old: etree._Element, new: etree._Element) -> None:
    """How app is linked to the text, where the new record says it and the old one did not yet."""
    encoding = old.find(f".//{q('encodingDesc')}")
    if encoding is None:
        return
    known = {e.get("method") for e in encoding.iter(q("variantEncoding"))}
    for declared in new.iter(q("variantEncoding")):
        if declared.get("method") not in known:
            before = [e for e in encoding if is_element(e) and e.tag == q("editorialDecl")]
            encoding.insert(encoding.index(before[-1]) + 1 if before else 0, deepcopy(declared))


def _spelt(element: etree._Element) -> str:
    texts = ["".join(str(t).split()) for t in element.itertext()]
    return " ".join([str(sorted(element.attrib.items())), *(t for t in texts if t)])


def _bring_programs(
    held: etree._Element | None, fresh: etree._Element | None, old: etree._Element, *, whole: bool
) -> None:
    """The programs of the new reading; readers of before stay named, since kept words are theirs."""
    if fresh is None:
        return
    if held is None:
        encoding = old.find(f".//{q('encodingDesc')}")
        if encoding is not None:
            encoding.append(deepcopy(fresh))
        return
    told = {_spelt(e) for e in fresh}
    if whole:
        for program in list(held):
            if (is_element(program) and program.get("type") != "reader") or _spelt(program) in told:
                held.remove(program)
    known = {_spelt(e) for e in held if is_element(e)}
    for program in fresh:
        if _spelt(program) not in known:
            held.append(deepcopy(program))
    etree.indent(held, space=INDENT, level=3)


def _tell(old: etree._Element, new: etree._Element, when: str | None) -> str:
    """Puts the renewal first among the changes."""
    taken = {e.get(XML_ID) for e in old.iter() if is_element(e)}
    name = next(n for i in count(1) if (n := f"ch{i}") not in taken)
    change = etree.Element(q("change"))
    change.set(XML_ID, name)
    change.set("status", "draft")
    if when:
        change.set("when", when)
    made = new.find(f".//{q('revisionDesc')}/{q('change')}")
    if made is not None and made.get("who"):
        change.set("who", made.get("who", ""))
    change.text = "machine output renewed; what persons wrote kept"
    revision = old.find(f"{q('teiHeader')}/{q('revisionDesc')}")
    header = old.find(q("teiHeader"))
    if revision is None and header is not None:
        revision = etree.SubElement(header, q("revisionDesc"), status="draft")
    if revision is not None and revision.find(q("listChange")) is None and revision.find(q("list")) is None:
        first = revision.find(q("change"))
        change.tail = "\n    "
        revision.insert(0 if first is None else revision.index(first), change)
        return name
    return ""
