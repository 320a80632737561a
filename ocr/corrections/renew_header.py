"""The header of a record read anew: the machine's parts renewed where no person touched them."""

from ocr.corrections.match import respelt
from ocr.corrections.session import declare_variants, in_header, is_machine, put_changes, statements_of
from ocr.corrections.spans import Document, Element, TextEdits, attribute

_PARTS = {
    "-title": ("titleStmt", "title"),
    "-scan": ("sourceDesc", "bibl"),
    "-notes": ("fileDesc", "notesStmt"),
    "-editorial": ("encodingDesc", "editorialDecl"),
}
"""The parts of the header that a digest is kept of (see tei.seal), but for the programs."""
_BEFORE_NOTES = ("titleStmt", "editionStmt", "extent", "publicationStmt", "seriesStmt")


def renew_header(edits: TextEdits, fresh: Document, ours: set[str], change: str, when: str | None) -> None:
    """Renews the header of a record from that of `fresh`, which our writer wrote; `change` is the id of the
    change that tells of it. `ours` names the parts that are still the machine's, and is brought up to date.
    """
    doc, p = edits.doc, edits.doc.root.prefix
    for name in _PARTS:
        present, new = _part(doc, name), _part(fresh, name)
        spelt = "" if new is None else respelt(fresh.spelt(new), {}, doc)
        if present is not None and name in ours and spelt.split() != doc.spelt(present).split():
            start = present.start if spelt else present.start - len(doc.indent(present))
            edits.put(start, present.end, spelt)
            ours -= set() if spelt else {name}
        elif present is None and name == "-notes" and spelt:
            ours.add(name)
            _put_notes(edits, spelt)
    _put_readers(edits, fresh)
    _put_programs(edits, fresh, whole="-programs" in ours)
    _put_hands(edits, fresh)
    methods = [e.get("method") or "" for e in fresh.root.walk() if e.name == "variantEncoding"]
    declare_variants(edits, methods)
    print_of_run, new_print = publication_idno(doc, "fingerprint"), publication_idno(fresh, "fingerprint")
    if print_of_run is not None and new_print is not None:
        edits.set_text(print_of_run, fresh.inside(new_print))
    made = in_header(fresh, "change")
    who = None if made is None else made.get("who")
    attributes = (("status", "draft"), ("when", when), ("who", who))
    values = "".join(f' {name}="{attribute(value)}"' for name, value in attributes if value)
    text = "machine output renewed; what persons wrote kept"
    put_changes(edits, [f'<{p}change xml:id="{change}"{values}>{text}</{p}change>'], "draft")


def publication_idno(doc: Document, kind: str) -> Element | None:
    """The idno of that type in the publication statement."""
    statement = in_header(doc, "publicationStmt")
    idnos = [] if statement is None else [e for e in statement.walk() if e.name == "idno"]
    return next((e for e in idnos if e.get("type") == kind), None)


def _part(doc: Document, name: str) -> Element | None:
    holder, tag = _PARTS[name]
    parent = in_header(doc, holder)
    parts = [] if parent is None else [e for e in parent.children if e.name == tag]
    return next((e for e in parts if name != "-scan" or e.get("type") == "scan"), None)


def _put_notes(edits: TextEdits, spelt: str) -> None:
    doc = edits.doc
    file_desc = in_header(doc, "fileDesc")
    before = [] if file_desc is None else [e for e in file_desc.children if e.name in _BEFORE_NOTES]
    if before:
        edits.put(before[-1].end, before[-1].end, f"{doc.indent(before[-1])}{spelt}")


def _put_readers(edits: TextEdits, fresh: Document) -> None:
    """Programs and persons that the old record does not name yet."""
    doc = edits.doc
    title = in_header(doc, "titleStmt")
    if title is None or not title.children:
        return
    programs = [e for e in statements_of(doc) if is_machine(e)]
    place = (programs or [e for e in title.children if e.name == "title"] or title.children)[-1]
    for statement in statements_of(fresh):
        if statement.get("xml:id") not in doc.by_id:
            spelt = respelt(fresh.spelt(statement), {}, doc)
            edits.put(place.end, place.end, f"{doc.indent(place)}{spelt}")


def _put_programs(edits: TextEdits, fresh: Document, *, whole: bool) -> None:
    """The programs of the new reading; readers of before stay named, since kept words are theirs. `whole`:
    no person touched the list, so programs that did not read are taken out of it."""
    doc = edits.doc
    programs, present = in_header(fresh, "appInfo"), in_header(doc, "appInfo")
    if programs is None:
        return
    if present is None:
        encoding = in_header(doc, "encodingDesc")
        if encoding is not None:
            edits.put_inside(encoding, respelt(fresh.spelt(programs), {}, doc))
        return
    known = {_said(doc, e) for e in present.children}
    new = {_said(fresh, e): e for e in programs.children}
    for program in present.children:
        if whole and program.get("type") != "reader" and _said(doc, program) not in new:
            edits.take_out(program)
    missing = [respelt(fresh.spelt(e), {}, doc) for says, e in new.items() if says not in known]
    margin = doc.indent(present.children[-1]) if present.children else ""
    if missing:
        edits.put_inside(present, margin.join(missing))


def _said(doc: Document, element: Element) -> tuple[object, ...]:
    """What an element says, however it is spelt."""
    texts = tuple(" ".join(doc.run(child.inner, child.inner_end).split()) for child in element.children)
    return (*sorted((name, value) for name, (value, _, _) in element.attributes.items()), texts)


def _put_hands(edits: TextEdits, fresh: Document) -> None:
    """The hands that wrote the new lines, where the old record does not tell of them."""
    doc = edits.doc
    hands, present = in_header(fresh, "handNotes"), in_header(doc, "handNotes")
    if hands is None:
        return
    missing = [hand for hand in hands.children if hand.get("xml:id") not in doc.by_id]
    spelt = "".join(respelt(fresh.spelt(hand), {}, doc) for hand in missing)
    if not spelt:
        return
    p = doc.root.prefix
    profile, encoding = in_header(doc, "profileDesc"), in_header(doc, "encodingDesc")
    if present is not None:
        edits.put_inside(present, spelt)
    elif profile is not None:
        edits.put_inside(profile, f"<{p}handNotes>{spelt}</{p}handNotes>")
    elif encoding is not None:
        whole = f"<{p}profileDesc><{p}handNotes>{spelt}</{p}handNotes></{p}profileDesc>"
        edits.put(encoding.end, encoding.end, f"{doc.indent(encoding)}{whole}")
