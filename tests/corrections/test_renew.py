import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ocr.corrections import changes
from ocr.corrections.changes import CorrectLine
from ocr.corrections.match import OldLine, lines_of
from ocr.corrections.renew import renew
from ocr.corrections.spans import Document, document
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.page import Page
from ocr.tei.names import XML_ID, q
from ocr.tei.parse import parse_tei
from ocr.tei.seal import is_changed, line_parts
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import serialize, to_tei
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.made_pages import pages

EDITS = (
    "correct",
    "type over",
    "comment",
    "strike",
    "new line",
    "take out",
    "header",
    "note",
    "gap",
    "place",
)


def _reviewer(root: etree._Element) -> None:
    title_stmt = root.find(f".//{q('titleStmt')}")
    assert title_stmt is not None
    if title_stmt.find(f"{q('respStmt')}[@{XML_ID}='rev1']") is None:
        statement = etree.SubElement(title_stmt, q("respStmt"), {XML_ID: "rev1"})
        etree.SubElement(statement, q("resp")).text = "transcription review"
        etree.SubElement(statement, q("name")).text = "И. Фамилия"


def _around(word: etree._Element, outer: etree._Element) -> None:
    parent = word.getparent()
    assert parent is not None
    outer.tail, word.tail = word.tail, None
    parent.replace(word, outer)


def edit(root: etree._Element, kind: str, which: int, said: str) -> bool:
    """One edit of a person, leaving `said` in the file; False when there is no place for it."""
    words = [w for w in root.iter(q("w")) if next(w.iterancestors(q("standOff"), q("app")), None) is None]
    abs_ = list(root.iter(q("ab")))
    word = words[which % len(words)] if words else None
    if kind == "header":
        source = root.find(f".//{q('sourceDesc')}")
        assert source is not None
        identifier = etree.SubElement(etree.SubElement(source, q("msDesc")), q("msIdentifier"))
        etree.SubElement(identifier, q("repository")).text = said
        return True
    if kind in {"comment", "new line"} and abs_:
        ab = abs_[which % len(abs_)]
        if kind == "comment":
            ab.insert(which % (len(ab) + 1), etree.Comment(said))
        else:
            lb = etree.SubElement(ab, q("lb"))
            lb.tail = said
        return True
    if kind == "take out" and abs_:
        lines = [piece for ab in abs_ for piece in line_parts(ab)]
        for node in lines[which % len(lines)] if lines else []:
            parent = node.getparent()
            assert parent is not None
            parent.remove(node)
        return False
    if kind in {"gap", "place"}:  # of a place that stands in no line
        gaps = [gap for gap in root.iter(q("gap")) if gap.get("facs", "").partition("_u")[2]]
        zones = [zone for zone in root.iter(q("zone")) if zone.get("type") == "unread"]
        places = zones if kind == "place" else gaps
        if places:
            place = places[which % len(places)]
            desc = place.find(q("desc"))
            if kind == "place" or which % 2 == 0:
                place.append(etree.Comment(said))
            elif desc is None:
                etree.SubElement(place, q("desc")).text = said
            else:
                desc.text = f"{desc.text}: {said}"
        return bool(places)
    if word is None:
        return False
    if kind == "correct":
        _reviewer(root)
        app = etree.Element(q("app"))
        lem = etree.SubElement(app, q("lem"), resp="#rev1")
        corrected = etree.SubElement(lem, q("w"), {"facs": word.get("facs", "")} if word.get("facs") else {})
        corrected.text = said
        rdg = etree.SubElement(app, q("rdg"), resp="#tesseract")
        _around(word, app)
        rdg.append(word)
    elif kind == "type over":
        for child in list(word):
            word.remove(child)
        word.text = said
    elif kind == "strike":
        struck = etree.Element(q("del"), rend=said)
        _around(word, struck)
        struck.append(word)
    elif kind == "note":
        note = etree.SubElement(word, q("note"))
        note.text = said
    return True


@given(
    pages(), pages(), st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 50)), min_size=1, max_size=5)
)
@settings(max_examples=60, deadline=None)
def test_nothing_a_person_wrote_is_lost(old: Page, new: Page, edits: list[tuple[str, int]]) -> None:
    root = load(to_tei(old))
    written = [f"РУКА{i}" for i, (kind, which) in enumerate(edits) if edit(root, kind, which, f"РУКА{i}")]
    gone = {
        mark for mark in written if serialize(root).decode().count(mark) == 0
    }  # typed over by a later one
    held = serialize(root)
    assert problems_of(load(held)) == []
    once = renew(held, new)
    again = renew(once, old)
    for result in (once, again):
        text = result.decode()
        for mark in written:
            assert text.count(mark) == (0 if mark in gone else 1), (mark, text)
        tree = load(result)
        assert problems_of(tree) == []
        if set(written) - gone:
            assert is_changed(tree)
        parse_tei(result)


@given(pages(), pages())
@settings(max_examples=20, deadline=None)
def test_a_record_no_person_touched_is_renewed_whole(old: Page, new: Page) -> None:
    assert renew(to_tei(old), new) == to_tei(new)


@given(pages(), st.integers(0, 50))
@settings(max_examples=20, deadline=None)
def test_the_same_reading_again_changes_no_text(page: Page, which: int) -> None:
    root = load(to_tei(page))
    if not edit(root, "correct", which, "РУКА"):
        return
    once = renew(serialize(root), page)
    words = [
        [w.text for w in line.reading.words] for line in parse_tei(serialize(root)).lines if line.reading
    ]
    assert [[w.text for w in line.reading.words] for line in parse_tei(once).lines if line.reading] == words
    assert renew(once, page).count("РУКА".encode()) == 1


def test_a_leaf_told_anew_has_its_new_notes_and_room_for_its_lines() -> None:
    from ocr.geometry import Box
    from ocr.page import RuleKind, Ruling

    old = GOLDEN_PAGES["marks"]
    root = load(to_tei(old))
    assert edit(root, "correct", 1, "РУКА")
    ruling = Ruling(RuleKind.RULED, -1.5, 0.5, 30.0)
    wider = tuple(replace(s, ruling=ruling, skew=None, box=Box(s.box.left, 0, s.box.right, 650))
                  for s in old.surfaces)  # fmt: skip
    merged = renew(serialize(root), replace(old, surfaces=wider))
    assert problems_of(load(merged)) == []
    for surface, remark in zip(parse_tei(merged).surfaces, ("", "No ink was found."), strict=True):
        assert (surface.ruling, surface.skew, surface.box.bottom) == (ruling, None, 650)
        assert surface.remark == remark


def test_what_a_person_says_of_a_leaf_stays() -> None:
    page = GOLDEN_PAGES["marks"]
    root = load(to_tei(page))
    notes = root.findall(f".//{q('surface')}/{q('note')}")
    for note in notes:
        note.text = "РУКА"
    merged = renew(serialize(root), page)
    assert merged.count("РУКА".encode()) == len(notes) > 0


def _from_outside(record: bytes, prefix: str, newline: str) -> bytes:
    """A record as other programs leave it: a prefix, other line ends, comments and white space between."""
    text = record.decode().replace("</facsimile>", "<!-- а --></facsimile>").replace("<?xml ", "<?xml  ")
    if prefix:
        text = re.sub(r"<(/?)(?=[A-Za-z])", rf"<\1{prefix}:", text).replace("xmlns=", f"xmlns:{prefix}=")
    return text.replace("\n", newline).encode()


@given(pages(), st.sampled_from(["", "t"]), st.sampled_from(["\n", "\r\n"]), st.data())
@settings(max_examples=40, deadline=None)
def test_the_same_reading_again_changes_no_byte_but_the_change_that_tells_of_it(
    page: Page, prefix: str, newline: str, data: st.DataObject
) -> None:
    page = replace(page, surfaces=tuple(replace(surface, unread=()) for surface in page.surfaces))
    record = to_tei(page)
    lines = [line for line in view(record).lines if line.tokens]
    if not lines:
        return
    line = data.draw(st.sampled_from(lines))
    words = [*line.tokens]
    at = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(at + 1, len(words)))
    words[at:end] = [Token("РУКА")] * data.draw(st.integers(1, 3))
    corrected = changes.edit(record, CorrectLine(line.ident, tuple(words)), "И. Фамилия", "2026-11-26")
    present = _from_outside(corrected, prefix, newline)
    renewed = renew(present, page)
    doc = document(renewed)
    change = next(e for e in doc.root.walk() if e.name == "change")
    assert doc.plain(change) == "machine output renewed; what persons wrote kept"
    without = doc.text[: change.start - len(doc.indent(change))] + doc.text[change.end :]
    digests = re.compile(r"(?<=digest[s\"])[^<]*")
    assert digests.sub("", without) == digests.sub("", present.decode())
    assert renew(renewed, page) == renewed  # and is not told again


@given(pages(), pages(), st.data())
@settings(max_examples=40, deadline=None)
def test_another_reading_leaves_every_byte_that_is_not_the_machines(
    page: Page, other: Page, data: st.DataObject
) -> None:
    record = to_tei(page)
    if not (lines := [line for line in view(record).lines if line.outline is not None]):
        return
    line = data.draw(st.sampled_from(lines)).ident
    edits: list[changes.Change] = [CorrectLine(line, (Token("РУКА"),)), changes.AcceptLine(line, "verified")]
    present = changes.edit(record, edits, "И. Фамилия", "2026-11-26")
    old, new = document(present), document(renew(present, other, when="2026-11-27"))
    for name in ("respStmt", "authority", "availability", "change", "application"):
        own, kept = ([d.spelt(e) for e in d.root.walk() if e.name == name] for d in (old, new))
        gone = [spelt for spelt in own if spelt not in kept]
        assert gone == [] or (name == "application" and not any('type="reader"' in spelt for spelt in gone))
    (before,) = (cut for cut in _spelt_lines(old) if f'"#{line}"' in cut)
    assert before in _spelt_lines(new)
    assert old.spelt(old.by_id[line]) == new.spelt(new.by_id[line])


def _spelt_lines(doc: Document) -> list[str]:
    return [
        doc.text[line.start : line.end]
        for ab in doc.root.walk()
        if ab.name == "ab"
        for line in lines_of(doc, ab, OldLine)
    ]


@pytest.mark.parametrize("written", ["", "<desc>Москва, 1709</desc>", "<!-- см. л. 5 -->"])
def test_what_a_person_wrote_of_an_unread_place_stays_in_old_records_too(written: str) -> None:
    """Records from before such places had a digest."""
    page = GOLDEN_PAGES["marks"]
    root = load(to_tei(page))
    assert edit(root, "header", 0, "РУКА")
    record = re.sub(rb" s2_u1:\w+", b"", serialize(root)).decode()
    gap = re.search(r'<gap reason="unread" facs="#s2_u1">.*?</gap>', record)
    assert gap is not None
    other = gap[0].replace("</gap>", f"{written}</gap>")
    once = renew(record.replace(gap[0], other).encode(), replace(page, surfaces=page.surfaces[:1]))
    assert once.decode().count(other) == bool(written)
    both = renew(once, page).decode()
    assert both.count('type="unread"') == both.count("<desc>looks like writing") == 1
    assert both.count(other) == 1


@given(pages(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_line_made_shorter_by_a_person_stays_so(page: Page, data: st.DataObject) -> None:
    record = to_tei(page)
    if not (lines := [line for line in view(record).lines if len(line.tokens) > 1]):
        return
    line = data.draw(st.sampled_from(lines))
    at = data.draw(st.integers(0, len(line.tokens) - 2))
    words = (*line.tokens[:at], Token("РУКА"), *line.tokens[at + 2 :])
    corrected = changes.edit(record, CorrectLine(line.ident, words), "И. Фамилия", "2026-11-26")
    (before,) = (cut for cut in view(corrected).lines if cut.ident == line.ident)
    texts = [[token.text for token in cut.tokens] for cut in view(renew(corrected, page)).lines]
    assert [token.text for token in before.tokens] in texts
