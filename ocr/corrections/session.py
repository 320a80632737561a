"""Who corrected a record and when: the respStmt of a person, and one change for a session.

A session is what one person does on one day. Its change is told once and extended: the lines it accepted are
its @target, and its @status is theirs. The state of a line is that of the newest change that targets it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ocr.corrections.spans import Document, Element, TextEdits, attribute, content
from ocr.corrections.tokens import line_break
from ocr.errors import RecordError
from ocr.tei.names import INSIDE_TEXT, OUTSIDE_TEXT, STATES
from ocr.text import squeeze

_LOCATIONS = {INSIDE_TEXT: "internal", OUTSIDE_TEXT: "external"}


@dataclass(eq=False, slots=True)
class ChangeEntry:
    """A change of revisionDesc: as it stands in the file (None: not yet), and as it shall be."""

    element: Element | None
    id: str
    who: str
    when: str
    status: str | None
    targets: list[str]
    """Lines, by their names (see tokens.line_name), or surfaces."""
    text: str
    altered: bool = False
    pointers: dict[str, str] = field(default_factory=dict)
    """The ids that the file names its targets by: of a line that of its lb, in old records of its zone."""
    added: list[str] = field(default_factory=list)


def changes_of(doc: Document) -> list[ChangeEntry]:
    """The changes the header tells of, newest first."""
    revision = in_header(doc, "revisionDesc")
    elements = [] if revision is None else [e for e in revision.walk() if e.name == "change"]
    lines = {ident: e for ident, e in doc.by_id.items() if e.name == "lb"}
    changes = []
    for e in elements:
        pointers = {_line_of(lines.get(name), name): name for name in e.pointers("target")}
        who, when = next(iter(e.pointers("who")), ""), e.get("when") or ""
        text = squeeze(doc.plain(e))
        entry = ChangeEntry(e, e.get("xml:id") or "", who, when, e.get("status"), list(pointers), text)
        entry.pointers = pointers
        changes.append(entry)
    return changes


def _line_of(lb: Element | None, name: str) -> str:
    """The line that a target names."""
    return name if lb is None else next(iter(lb.pointers("facs")), name)


def line_states(doc: Document) -> dict[str, tuple[str, str]]:
    """Each line that someone accepted or reopened: its state, and the id of who did. Others are drafts."""
    states: dict[str, tuple[str, str]] = {}
    for entry in changes_of(doc):
        for name in entry.targets:
            states.setdefault(name, (entry.status or "draft", entry.who))
    return states


def page_state(doc: Document) -> str:
    """What revisionDesc says of the whole page: draft unless told otherwise."""
    revision = in_header(doc, "revisionDesc")
    return (None if revision is None else revision.get("status")) or "draft"


def machines_of(doc: Document) -> list[str]:
    """The ids of the programs that read."""
    return [e.get("xml:id") or "" for e in statements_of(doc) if is_machine(e)]


def in_header(doc: Document, name: str) -> Element | None:
    """The first element of that name in the header."""
    header = doc.root.child("teiHeader")
    return None if header is None else header.find(name)


def statements_of(doc: Document) -> list[Element]:
    """The respStmt of the header."""
    title = in_header(doc, "titleStmt")
    return [] if title is None else [e for e in title.walk() if e.name == "respStmt"]


def is_machine(statement: Element) -> bool:
    """Does a respStmt name a program?"""
    return any(e.name == "name" and e.get("type") == "software" for e in statement.children)


def introduce(edits: TextEdits, name: str, resp: str, called: str, *, software: bool = False) -> None:
    """Puts a respStmt into the header. RecordError when there is no titleStmt."""
    doc = edits.doc
    title = in_header(doc, "titleStmt")
    if title is None or not title.children:
        raise RecordError(
            "The header of this file has no titleStmt with a title, so nobody can be named in it. "
            "Add <titleStmt><title>...</title></titleStmt> in an XML editor."
        )
    last = next((e for e in reversed(title.children) if e.name == "respStmt"), title.children[-1])
    space, p = doc.indent(last), last.prefix
    step = f"{space}  " if space else ""
    type_ = ' type="software"' if software else ""
    edits.put(
        last.end,
        last.end,
        f'{space}<{p}respStmt xml:id="{name}">{step}<{p}resp>{resp}</{p}resp>'
        f"{step}<{p}name{type_}>{content(called)}</{p}name>{space}</{p}respStmt>",
    )


def declare_variants(edits: TextEdits, methods: Iterable[str]) -> None:
    """Has the header say how app is linked to the text (see tei.names.INSIDE_TEXT), where it did not yet."""
    doc = edits.doc
    encoding, file_desc, p = in_header(doc, "encodingDesc"), in_header(doc, "fileDesc"), doc.root.prefix
    declared = [e.get("method") for e in encoding.children] if encoding is not None else []
    new = [
        f'<{p}variantEncoding method="{method}" location="{_LOCATIONS[method]}"/>'
        for method in methods
        if method not in declared
    ]
    if not new:
        return
    if encoding is not None and encoding.children:
        place = encoding.find("variantEncoding", "editorialDecl") or encoding.children[0]
        space = doc.indent(place)
        edits.put(place.end, place.end, "".join(f"{space}{element}" for element in new))
    elif encoding is None and file_desc is not None:
        whole = f"<{p}encodingDesc>{''.join(new)}</{p}encodingDesc>"
        edits.put(file_desc.end, file_desc.end, f"{doc.indent(file_desc)}{whole}")


def put_changes(edits: TextEdits, spelt: Sequence[str], status: str | None = None) -> None:
    """Puts changes before the others of revisionDesc, which is made (with the status) if need be.

    RecordError when the file has no header.
    """
    doc = edits.doc
    header = doc.root.child("teiHeader")
    revision, p = in_header(doc, "revisionDesc"), doc.root.prefix
    first = None if revision is None else revision.find("change")
    if first is not None:
        space = doc.indent(first)
        edits.put(first.start, first.start, "".join(f"{change}{space}" for change in spelt))
    elif revision is not None and not revision.is_empty:
        edits.put(revision.inner, revision.inner, "".join(spelt))
    elif header is not None and not header.is_empty:
        of_page = f' status="{status}"' if status else ""
        new = f"<{p}revisionDesc{of_page}>{''.join(spelt)}</{p}revisionDesc>"
        old = (header.inner_end,) * 2 if revision is None else (revision.start, revision.end)
        edits.put(*old, new)
    else:
        raise RecordError("This file has no teiHeader to tell of a change in. Add one in an XML editor.")


def check_state(state: str) -> None:
    """RecordError when that is no state of a line or a page."""
    if state not in STATES:
        raise RecordError(f"The state {state!r} is unknown. Give one of: {', '.join(STATES)}.")


class Session(TextEdits):
    """What one person changes now: ids to point to at once, the header written by `made`."""

    def __init__(self, doc: Document, who: str, when: str) -> None:
        super().__init__(doc)
        self._who, self._when = " ".join(who.split()), when
        if not self._who:
            raise RecordError("A correction needs the name of who makes it. Give one (--by NAME).")
        self._changes = changes_of(doc)
        self._person: str | None = None
        self._variants: dict[str, None] = {}
        self._break_ids: dict[str, str] = {}

    def person(self) -> str:
        """The id of the person; a respStmt is put in when the header does not name them."""
        if self._person is None:
            self._person = self._known()
        if self._person is None:
            self._person = self.doc.free_id("rev")
            introduce(self, self._person, "transcription review", self._who)
        return self._person

    def _known(self) -> str | None:
        for statement in statements_of(self.doc):
            named = [e for e in statement.children if e.name in {"name", "persName"}]
            if not is_machine(statement) and any(squeeze(self.doc.plain(e)) == self._who for e in named):
                ident = statement.get("xml:id") or self.doc.free_id("rev")
                self.set(statement, "xml:id", ident)
                return ident
        return None

    def by(self, work: str) -> str:
        """The attributes that tell who did that kind of work, and in which change."""
        change = self.change(work)
        return f'resp="#{attribute(self.person())}" change="#{attribute(change)}"'

    def sign(self, element: Element, work: str, points: str) -> None:
        """Gives an element its points, and tells who drew them."""
        change = self.change(work)
        for name, value in (("points", points), ("resp", f"#{self.person()}"), ("change", f"#{change}")):
            self.set(element, name, value)

    def variants(self, *, inside: bool) -> None:
        """The header says how app is linked to the text: standing inside it, or aside in standOff."""
        self._variants[INSIDE_TEXT if inside else OUTSIDE_TEXT] = None

    def change(self, work: str) -> str:
        """The id of the change of this session, which tells of that kind of work too."""
        entry = self._of_session((None, "corrected"), lines=True)
        if entry is None:
            entry = self._new(None)
        self._tell(entry, work)
        return entry.id

    def accept(self, lines: list[str], state: str) -> None:
        """Gives lines a state. RecordError for an unknown state, or a line that is not there or has no id."""
        check_state(state)
        for line in lines:
            line_break(self.doc, line)
            if line not in self.doc.by_id:
                raise RecordError(
                    f"The line {line} has no id to point to. Give its lb an xml:id in an XML editor."
                )
        for line in lines:
            now = self._state(line)
            if not now[0] == state == "draft" and now != (state, self.person()):
                self._accept(line, state)

    def _accept(self, line: str, state: str) -> None:
        for mine in self._changes:
            if line in mine.targets and self._is_mine(mine):
                mine.targets.remove(line)
                mine.altered = True
        now = self._state(line)
        if now[0] == state == "draft" or now == (state, self.person()):
            return
        statuses = (None, "corrected") if state == "corrected" else (state,)
        entry = self._of_session(statuses, lines=True)
        newest = next((i for i, t in enumerate(self._changes) if line in t.targets), None)
        if entry is None or (newest is not None and newest < self._changes.index(entry)):
            entry = self._new(state)
        entry.status = state
        entry.targets.append(line)
        entry.altered = True
        self._tell(entry, {"draft": "lines reopened"}.get(state, f"lines {state}"))

    def page(self, state: str) -> None:
        """Gives the whole page a state. RecordError for an unknown state."""
        check_state(state)
        revision = in_header(self.doc, "revisionDesc")
        if revision is not None and revision.get("status") == state:
            return
        entry = self._of_session(STATES, lines=False)
        if entry is None or entry is not self._changes[0]:
            entry = self._new(state)
            entry.targets = [e.get("xml:id") or "" for e in self._surfaces()]
        entry.status, entry.altered = state, True
        entry.text = ""
        entry.added = [f"page {state}"]
        if revision is not None:
            self.set(revision, "status", state)
        else:
            self._page_state = state

    _page_state: str | None = None

    def _surfaces(self) -> list[Element]:
        return [e for e in self.doc.by_id.values() if e.name == "surface"]

    def _is_mine(self, entry: ChangeEntry) -> bool:
        return bool(entry.id) and entry.who == self.person() and entry.when[:10] == self._when[:10]

    def _of_session(self, statuses: tuple[str | None, ...], *, lines: bool) -> ChangeEntry | None:
        surfaces = {e.get("xml:id") for e in self._surfaces()}
        for entry in self._changes:
            of_page = bool(set(entry.targets) & surfaces) or entry.text.startswith("page ")
            if self._is_mine(entry) and entry.status in statuses and of_page is not lines:
                return entry
        return None

    def _state(self, line: str) -> tuple[str, str]:
        entries = (t for t in self._changes if line in t.targets)
        return next(((t.status or "draft", t.who) for t in entries), ("draft", ""))

    def _new(self, status: str | None) -> ChangeEntry:
        name = self.doc.free_id("ch", {entry.id for entry in self._changes})
        entry = ChangeEntry(None, name, self.person(), self._when, status, [], "", altered=True)
        self._changes.insert(0, entry)
        return entry

    @staticmethod
    def _tell(entry: ChangeEntry, work: str) -> None:
        if work not in entry.text.split("; ") and work not in entry.added:
            entry.added.append(work)
            entry.altered = True

    def forget(self, old: str) -> None:
        """A line is no more (it is part of another now): no change targets it."""
        for entry in self._changes:
            if old in entry.targets:
                entry.targets.remove(old)
                entry.altered = True

    def made(self) -> bytes:
        """The bytes of the file with all changes made, those told in the header too."""
        declare_variants(self, self._variants)
        fresh = [t for t in self._changes if t.element is None]
        for entry in self._changes:
            if entry.element is not None and entry.altered:
                self._rewrite(entry, entry.element)
        if fresh:
            spelt = [_element(entry, self._pointers(entry), self.doc.root.prefix) for entry in fresh]
            put_changes(self, spelt, self._page_state)
        return super().made()

    def _rewrite(self, entry: ChangeEntry, element: Element) -> None:
        if entry.status is not None:
            self.set(element, "status", entry.status)
        self.set(element, "target", self._pointers(entry) or None)
        if not entry.added:
            return
        if entry.text:
            self.put(element.inner_end, element.inner_end, content("".join(f"; {w}" for w in entry.added)))
        else:
            self.set_text(element, content("; ".join(entry.added)))

    def _pointers(self, entry: ChangeEntry) -> str:
        """The targets as pointers, those of before as they were."""
        return " ".join(f"#{entry.pointers.get(name) or self._break_id(name)}" for name in entry.targets)

    def _break_id(self, line: str) -> str:
        """The id of the lb of a line, which is given one when it has none; other names are ids already."""
        if line not in self._break_ids:
            lb = next((lb for lb in self.doc.lines if line in lb.pointers("facs")[:1]), None)
            name = line if lb is None else lb.get("xml:id")
            if lb is not None and name is None:
                name, number = f"{line}_lb", 1
                while name in self.doc.by_id:
                    number += 1
                    name = f"{line}_lb{number}"
                self.set(lb, "xml:id", name)
            self._break_ids[line] = name or line
        return self._break_ids[line]


def _element(entry: ChangeEntry, targets: str, prefix: str) -> str:
    status = "" if entry.status is None else f' status="{entry.status}"'
    target = f' target="{attribute(targets)}"' if targets else ""
    when = f' when="{attribute(entry.when)}"' if entry.when else ""
    return (
        f'<{prefix}change xml:id="{entry.id}"{status}{when} who="#{attribute(entry.who)}"{target}>'
        f"{content('; '.join(entry.added))}</{prefix}change>"
    )
