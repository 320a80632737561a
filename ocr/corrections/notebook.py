"""What notebook.toml says, written into the header of a record, every other byte left as it is.

It stands in three places, known by their id and by pointing to it: `msDesc` (xml:id "notebook"), `author` and
`licence` (@corresp to it). No digest counts them (see seal): the file of the notebook is where they change.
"""

import re

from ocr.corrections.spans import Element, TextEdits, attribute, content, document
from ocr.tei.notebook import Notebook
from ocr.tei.seal import NOTEBOOK, of_notebook
from ocr.tei.words import clean

_MARK = f'xml:id="{NOTEBOOK}"'.encode()
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_ADDRESS = re.compile(r"https?://\S+")


def with_notebook(record: bytes, notebook: Notebook) -> bytes:
    """The record with what is said of its notebook in the header; the same bytes where it says that already.

    RecordError when the record cannot be parsed. A header without the places for it keeps what it has.
    """
    if not notebook and _MARK not in record.replace(b"\0", b""):  # of UTF-16, too
        return record
    edits = TextEdits(doc := document(record))
    header, p = doc.root.child("teiHeader") or doc.root, doc.root.prefix
    present = [e for e in header.walk() if of_notebook(e.name, e.get("xml:id"), e.get("corresp"))]
    _put(edits, header, present, "author", _author(notebook, p))
    _put(edits, header, present, "licence", _licence(notebook, p))
    _put(edits, header, present, "msDesc", _description(notebook, p))
    return edits.made()


_PLACES = {"author": ("titleStmt", "title"), "licence": ("availability", ""), "msDesc": ("sourceDesc", "")}
"""In what each stands, and behind the last of which children; else behind the last of all."""


def _put(edits: TextEdits, header: Element, present: list[Element], name: str, lines: list[str]) -> None:
    """Puts an element, spelt in lines, into its place: instead of the one that is there, or new."""
    doc = edits.doc
    old = next((e for e in present if e.name == name), None)
    holder, behind = _PLACES[name]
    place = old
    if old is None:
        parent = header.find(holder)
        children = [] if parent is None else [c for c in parent.children if behind in {"", c.name}]
        if not lines or not children:
            return
        place = children[-1]
    assert place is not None  # the one that is there, or the one before
    margin = doc.indent(place)
    spelt = (margin or "").join(lines)
    if old is None:
        edits.put(place.end, place.end, f"{margin}{spelt}")
    elif not lines:
        edits.put(old.start - len(margin), old.end, "")
    elif doc.spelt(old) != spelt:
        edits.put(old.start, old.end, spelt)


def _author(notebook: Notebook, p: str) -> list[str]:
    author = content(clean(notebook.author))
    return [f'<{p}author corresp="#{NOTEBOOK}">{author}</{p}author>'] if author else []


def _licence(notebook: Notebook, p: str) -> list[str]:
    licence = clean(notebook.licence)
    if not licence:
        return []
    address = _ADDRESS.search(licence)
    target = f' target="{attribute(address[0])}"' if address else ""
    return [f'<{p}licence corresp="#{NOTEBOOK}"{target}>{content(licence)}</{p}licence>']


def _description(notebook: Notebook, p: str) -> list[str]:
    """msDesc, each of its lines with the white space that stands before it inside it."""
    if not notebook:
        return []

    def element(tag: str, text: str, attributes: str = "") -> str:
        text = clean(text)
        return f"<{p}{tag}{attributes}>{content(text)}</{p}{tag}>" if text else ""

    def around(tag: str, *inner: str) -> str:
        inside = "".join(inner)
        return f"<{p}{tag}>{inside}</{p}{tag}>" if inside else ""

    marks = [
        element("idno", getattr(notebook, kind), f' type="{kind}"')
        for kind in ("fond", "opis", "delo", "leaves")
    ]
    name = "" if notebook.repository or any(marks) else element("msName", notebook.title or "notebook")
    hands = dict.fromkeys(filter(None, (notebook.hand, *notebook.hands)))
    parts = [
        around("msIdentifier", element("repository", notebook.repository), *marks, name),
        around(
            "msContents",
            around(
                "msItem",
                element("author", notebook.author),
                element("title", notebook.title),
                element("note", notebook.note),
            ),
        ),
        around("physDesc", around("handDesc", *(element("handNote", hand) for hand in hands))),
        around("history", around("origin", element("origDate", notebook.dates, _dated(notebook.dates)))),
    ]
    return [f'<{p}msDesc xml:id="{NOTEBOOK}">', *(f"  {part}" for part in parts if part), f"</{p}msDesc>"]


def _dated(dates: str) -> str:
    """The attributes of a date that is told in figures."""
    parts = [part.strip() for part in dates.split("/")]
    if not all(_DATE.fullmatch(part) for part in parts):
        return ""
    names = ("when",) if len(parts) == 1 else ("from", "to")
    return "".join(f' {name}="{part}"' for name, part in zip(names, parts, strict=False))
