"""Where each element of an XML file stands among its characters, so that one place can be changed and every
other byte left as it is.

The bytes are decoded with the encoding they declare, and only if encoding gives the same bytes back; what the
edits put in and the encoding lacks is written as a character reference. The file is parsed by lxml first
(ocr/tei/tree.py refuses DOCTYPE and what is not well-formed), so that the scanner here meets well-formed XML
without DTD: tags, comments, processing instructions, CDATA, text, and nothing else.
"""

import codecs
import re
from bisect import bisect_right
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import count
from operator import attrgetter

from lxml import etree

from ocr.errors import RecordError
from ocr.tei.names import TEI
from ocr.tei.tree import load

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE_UTF16 = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
_ATTRIBUTE = re.compile(r"""\s+([^\s=<>/"']+)\s*=\s*("[^"]*"|'[^']*')""")
_MARKUP = re.compile(
    r"""<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|</[^>]*>"""
    r"""|<(?P<name>[^\s/<>]+)(?P<held>(?:\s+[^\s=<>/"']+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?P<empty>/?)>""",
    re.DOTALL,
)
_ID = re.compile(r"""(?:\s+[^\s=<>/"']+\s*=\s*(?:"[^"]*"|'[^']*'))*?\s+xml:id\s*=\s*("[^"]*"|'[^']*')""")
_NO_ELEMENT = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>", re.DOTALL)
SPACE = " \t\r\n"
_ASIDE = frozenset({"rdg", "note"})
_REFERENCE = re.compile(r"&(#x?[0-9A-Fa-f]+|\w+);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


@dataclass(eq=False, slots=True)
class Element:
    """One element: its local name ("" outside TEI), prefix with colon, parent, children, and four places:
    `start` of its tag, `inner` where its content begins, `inner_end`, `end`. An empty tag has the last
    three equal."""

    name: str
    prefix: str
    parent: "Element | None"
    start: int
    inner: int
    inner_end: int
    end: int
    spelt_attributes: tuple[int, str]
    """Where the attributes begin, and how they are spelt."""
    children: "list[Element]" = field(default_factory=list)
    _values: dict[str, tuple[str, int, int]] | None = None

    @property
    def attributes(self) -> dict[str, tuple[str, int, int]]:
        """Each attribute by its name: value, where the white space before it begins, where it ends."""
        if self._values is None:
            at, spelt = self.spelt_attributes
            self._values = {
                match[1]: (unescape(match[2][1:-1]), at + match.start(), at + match.end())
                for match in _ATTRIBUTE.finditer(spelt)
            }
        return self._values

    def get(self, name: str) -> str | None:
        """The value of an attribute."""
        value = self.attributes.get(name)
        return None if value is None else value[0]

    def pointers(self, name: str) -> list[str]:
        """The ids an attribute of pointers leads to within the same file."""
        return [p[1:] for p in (self.get(name) or "").split() if p.startswith("#")]

    @property
    def is_empty(self) -> bool:
        """Is it one tag, <lb/>?"""
        return self.inner == self.end

    def walk(self) -> "Iterator[Element]":
        """The element and all in it, in the order of the file."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    def between(self, low: int, high: int) -> "Iterator[Element]":
        """The elements below that stand wholly between two places, in the order of the file."""
        first = bisect_right(self.children, low, key=attrgetter("end"))
        for child in self.children[first:]:
            if child.start >= high:
                return
            if low <= child.start and child.end <= high:
                yield from child.walk()
            else:
                yield from child.between(low, high)

    def child(self, name: str) -> "Element | None":
        """The first child with that name."""
        return next((e for e in self.children if e.name == name), None)

    def find(self, *names: str) -> "Element | None":
        """The first element with that name in the tree below."""
        return next((e for e in self.walk() if e.name in names and e is not self), None)

    def above(self) -> "Iterator[Element]":
        """Parent, its parent, and so on."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent


@lru_cache(maxsize=8)
def parsed(content: bytes) -> etree._Element:
    """The TEI root of the file by lxml, once for all who ask; it must not be altered. RecordError as load."""
    return load(content)


@lru_cache(maxsize=8)
def document(content: bytes) -> "Document":
    """The file as text with places; kept for the next who asks, so it must not be altered."""
    return Document(content)


class Document:
    """A TEI file as text, with the place of every element. RecordError when it cannot be read."""

    def __init__(self, content: bytes | str) -> None:
        """Of a file, or of text that is known to be well-formed."""
        if isinstance(content, str):
            self.bom, self.encoding, self.text = b"", "utf-8", content
        else:
            parsed(content)
            self.bom, self.encoding = _encoding(content)
            self.text = self._decoded(content)
        self.newline = "\r\n" if "\r\n" in self.text else "\n"
        self.root = _scan(self.text)
        self.by_id: dict[str, Element] = {}
        self.lines: list[Element] = []
        """Every lb of the running text, in the order of the file."""
        for element in self.root.walk():
            ident = (
                _ID.match(element.spelt_attributes[1]) if "xml:id" in element.spelt_attributes[1] else None
            )
            if ident is not None:
                self.by_id.setdefault(unescape(ident[1][1:-1]), element)
        for child in self.root.children:
            if child.name == "text":
                breaks = (e for e in child.walk() if e.name == "lb")
                self.lines += [lb for lb in breaks if not any(e.name in _ASIDE for e in lb.above())]

    def _decoded(self, content: bytes) -> str:
        body = content[len(self.bom) :]
        try:
            text = body.decode(self.encoding)
            same = text.encode(self.encoding) == body
        except (LookupError, UnicodeError):
            same, text = False, ""
        if not same:
            raise RecordError(
                f"The file is spelt in {self.encoding}, which cannot be edited without touching other "
                "bytes. Save it as UTF-8 in an XML editor, then try again."
            )
        return text

    def inside(self, element: Element) -> str:
        """The content of an element, as spelt."""
        return self.text[element.inner : element.inner_end]

    def spelt(self, element: Element) -> str:
        """The element, as spelt."""
        return self.text[element.start : element.end]

    def plain(self, element: Element) -> str:
        """The text in an element, tags left out."""
        parts, at = [], element.inner
        for child in element.children:
            parts += [self.run(at, child.start), self.plain(child)]
            at = child.end
        return "".join([*parts, self.run(at, element.inner_end)])

    def run(self, start: int, end: int) -> str:
        """The characters between two places with no tag between them; comments are nothing."""
        return "".join(text for text, _, _ in self.runs(start, end))

    def runs(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """The same, cut where comments, processing instructions and CDATA stand, with the place of each."""
        if start == end:
            return
        at = start
        for match in _NO_ELEMENT.finditer(self.text, start, end):
            if match.start() > at:
                yield unescape(self.text[at : match.start()]), at, match.start()
            if match[0].startswith("<![CDATA["):
                yield match[0][9:-3], match.start(), match.end()
            at = match.end()
        if at < end:
            yield unescape(self.text[at:end]), at, end

    def following(self, lb: Element, step: int = 1) -> Element | None:
        """The next line, or the one so many steps away."""
        at = self.lines.index(lb) + step
        return self.lines[at] if 0 <= at < len(self.lines) else None

    def pointing(self, ident: str, name: str) -> Iterator[Element]:
        """The elements of that name that point to a place."""
        return (e for e in self.root.walk() if e.name == name and ident in e.pointers("facs"))

    def indent(self, element: Element) -> str:
        """The white space before an element, when it begins a line; otherwise nothing."""
        space = self.text[self.end_of_text(element.start) : element.start]
        return space if "\n" in space else ""

    def end_of_text(self, place: int) -> int:
        """Where the white space begins that ends at a place."""
        while place and self.text[place - 1] in SPACE:
            place -= 1
        return place

    def end_of_space(self, place: int) -> int:
        """Where the white space ends that begins at a place."""
        while place < len(self.text) and self.text[place] in SPACE:
            place += 1
        return place

    @property
    def apps_aside(self) -> list[Element]:
        """What standOff keeps: earlier readings, lines and gaps taken out."""
        stand_off = self.root.child("standOff")
        return [] if stand_off is None else [e for e in stand_off.walk() if e.name == "app"]

    def free_id(self, stem: str, taken: Container[str] = (), first: int = 1) -> str:
        """The first of stem1, stem2 ... that is nobody's id and not taken; `first`: where to begin."""
        names = (f"{stem}{number}" for number in count(first))
        return next(name for name in names if name not in self.by_id and name not in taken)


class TextEdits:
    """Changes to be made in a file: pieces taken out and put in. They may touch, never overlap."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self._edits: list[tuple[int, int, str]] = []

    def put(self, start: int, end: int, new: str) -> None:
        """What stands from start to end is replaced; of several at one empty place the first comes first."""
        if start < end or new:
            self._edits.append((start, end, new))

    def set(self, element: Element, name: str, value: str | None) -> None:
        """Gives an attribute a value, its quotes kept; a new one comes last in the tag. None takes it
        out, with the white space before it."""
        present = element.attributes.get(name)
        if present is None:
            at = element.spelt_attributes[0] + len(element.spelt_attributes[1])
            self.put(at, at, "" if value is None else f' {name}="{attribute(value)}"')
        elif value is None:
            self.put(present[1], present[2], "")
        elif value != present[0]:
            at, spelt = element.spelt_attributes
            inner = _ATTRIBUTE.match(spelt, present[1] - at)
            assert inner is not None  # the place was found with the same pattern
            self.put(at + inner.start(2) + 1, present[2] - 1, attribute(value))

    def set_text(self, element: Element, text: str) -> None:
        """Gives an element this content, as spelt."""
        if not element.is_empty:
            self.put(element.inner, element.inner_end, text)
        elif text:
            slash = self.doc.text.rindex("/", element.start, element.end)
            name = self.doc.text[element.start + 1 : element.spelt_attributes[0]]
            self.put(slash, element.end, f">{text}</{name}>")

    def take_out(self, element: Element) -> None:
        """Takes an element out, with the white space before it when it begins a line."""
        self.put(element.start - len(self.doc.indent(element)), element.end, "")

    def put_inside(self, element: Element, text: str, *, first: bool = False, apart: bool = True) -> None:
        """Puts text into an element, as first or last of its content. `apart`: content is elements on lines
        of their own, and so shall this be."""
        margin = self.doc.indent(element)
        step = f"{margin}  " if apart and margin else ""
        if element.is_empty:
            self.set_text(element, f"{step}{text}{margin if step else ''}")
        elif first or not element.children:
            after = margin if step and not element.children else ""
            self.put(element.inner, element.inner, f"{step}{text}{after}")
        else:
            last = element.children[-1]
            self.put(last.end, last.end, f"{self.doc.indent(last) if apart else ''}{text}")

    def made(self) -> bytes:
        """The bytes of the file with all changes made. RecordError when two of them overlap."""
        return self.doc.bom + self.applied().encode(self.doc.encoding, "xmlcharrefreplace")

    def applied(self, to: int | None = None) -> str:
        """The text up to a place with the changes in it made. RecordError when two of them overlap."""
        text, parts, at = self.doc.text[:to], list[str](), 0
        for start, end, new in sorted(self._edits, key=lambda cut: (cut[0], cut[1])):
            if start < at:
                raise RecordError(
                    "This change touches one place of the file twice, so it was not made. Use an XML editor."
                )
            parts += [text[at:start], new]
            at = end
        return "".join([*parts, text[at:]])


def unescape(text: str) -> str:
    """Text with its references resolved; XML without DTD has five entities and character references."""
    return text if "&" not in text else _REFERENCE.sub(_resolved, text)


def _resolved(match: re.Match[str]) -> str:
    name = match[1]
    if name.startswith("#x"):
        return chr(int(name[2:], 16))
    return chr(int(name[1:])) if name.startswith("#") else _ENTITIES.get(name, match[0])


def attribute(value: str) -> str:
    """A value spelt so that it may stand in either kind of quotes."""
    return escape(value, quote=False).replace('"', "&quot;").replace("'", "&apos;")


def content(text: str) -> str:
    """Text spelt so that it may stand in an element."""
    return escape(text, quote=False)


def _encoding(content: bytes) -> tuple[bytes, str]:
    for bom, name in _BOMS:
        if content.startswith(bom):
            return bom, name
    for start, name in _BARE_UTF16:
        if content.startswith(start):
            return b"", name
    declared = _DECLARED.match(content)
    return b"", declared[1].decode("ascii").lower() if declared else "utf-8"


def _scan(text: str) -> Element:
    """The root element of well-formed XML without DTD."""
    root: Element | None = None
    open_: list[tuple[Element, dict[str, str]]] = []
    for match in _MARKUP.finditer(text):
        tag = match["name"]
        if tag is None:
            if text.startswith("</", match.start()):
                element, _ = open_.pop()
                element.inner_end, element.end = match.start(), match.end()
            continue
        parent, spaces = open_[-1] if open_ else (None, {})
        spelt = match["held"]
        if "xmlns" in spelt:
            spaces = dict(spaces)
            for declared in _ATTRIBUTE.finditer(spelt):
                kind, _, prefix = declared[1].partition(":")
                if kind == "xmlns":
                    spaces[prefix] = unescape(declared[2][1:-1])
        prefix, colon, name = tag.rpartition(":")
        end = match.end()
        element = Element(
            name if spaces.get(prefix) == TEI else "",
            prefix + colon,
            parent,
            match.start(),
            end,
            end,
            end,
            (match.start("held"), spelt),
        )
        if parent is None:
            root = element
        else:
            parent.children.append(element)
        if not match["empty"]:
            open_.append((element, spaces))
    assert root is not None  # the document was parsed before
    return root
