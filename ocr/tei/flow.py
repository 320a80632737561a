"""The lines of any TEI text, ours or foreign: what stands on each line under stated rules."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Literal, NamedTuple, get_args, get_type_hints

from lxml import etree

from ocr.errors import SettingsError
from ocr.page import Glyph, Rival
from ocr.tei.names import LETTER, NO_TEXT, UNREAD, XML_ID, is_element, local, pointers, q
from ocr.text import squeeze

Kept = Literal["keep", "leave out"]


class Ink(StrEnum):
    """What counts of a page written in several inks."""

    ALL = "all"
    MAIN = "main"
    """Only what its main writer wrote."""


@dataclass(frozen=True, slots=True)
class TextRules:
    """What counts as text. The defaults give a diplomatic transcription: what the page ends up saying, in
    the spelling of its writer, without what an editor put in."""

    deleted: Kept = "leave out"
    """del: struck out by the writer. Kept inside restore (struck out, then reinstated)."""
    added: Kept = "keep"
    """add: written in later by the writer."""
    unclear: Kept = "keep"
    """unclear: read with doubt. Of several in a choice the first counts."""
    supplied: Kept = "leave out"
    """supplied: not on the page, put in by an editor."""
    gap: Literal["nothing", "mark"] = "nothing"
    """gap: unreadable or unread. "mark" gives […]."""
    sic: Literal["sic", "corr"] = "sic"
    """choice of sic and corr: as written, or as the editor corrects it."""
    abbr: Literal["abbr", "expan"] = "abbr"
    """choice of abbr and expan; also whether ex (the letters an editor adds) counts outside a choice."""
    orig: Literal["orig", "reg"] = "orig"
    """choice of orig and reg: the spelling of the source, or a regularized one."""
    app: Literal["lem", "rdg"] = "lem"
    """app of lem and rdg: the reading preferred (a correction), or the first other one (the machine's)."""
    note: Kept = "leave out"
    """note: taken for an editor's."""
    fw: Kept = "keep"
    """fw: page numbers, running heads."""
    ink: Ink = Ink.ALL
    """@hand of a handNote with scope="minor", such as a teacher's red ink. "main" leaves it out."""

    def __post_init__(self) -> None:
        allowed = get_type_hints(TextRules)
        for rule in fields(self):
            kind = allowed[rule.name]
            value, known = getattr(self, rule.name), get_args(kind) or tuple(kind)
            if value not in known:
                raise SettingsError(
                    f"The rule {rule.name!r} cannot be {value!r}; it is one of: {', '.join(known)}."
                )


class TextRun(NamedTuple):
    """A run of text: the w or pc it stands in, the doubtful letter it is, or the gap it stands for. One is
    made for each word and each space of every record, which a tuple does in a quarter of the time."""

    text: str
    word: etree._Element | None = None
    glyph: Glyph | None = None
    gap: etree._Element | None = None


@dataclass(slots=True)
class FlowLine:
    """A line while it is gathered: where it starts (lb or block), the last pb or surface, its runs."""

    start: etree._Element | None
    surface: str | None
    runs: list[TextRun] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands on the line, white space single."""
        return squeeze("".join(run.text for run in self.runs))

    @property
    def is_break(self) -> bool:
        """Does the file say that a line starts here, even if nothing stands on it?"""
        return self.start is not None and local(self.start) in {"lb", "line"}


def confidence_of(element: etree._Element | None) -> float | None:
    """@cert as a probability; None when absent, in words, or not one."""
    return None if element is None else probability(element.get("cert"))


def probability(text: str | None) -> float | None:
    """A number from 0 to 1, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None


def tokens(runs: list[TextRun], *, inside: bool) -> list[list[TextRun]]:
    """The runs cut at white space; a gap is a token of its own.

    `inside`: cut within a w too, and take a gap for the text that stands for it.
    """
    cut: list[list[TextRun]] = [[]]
    for run in runs:
        if run.gap is not None and not inside:
            cut += [[run], []]
            continue
        if run.word is not None and not inside:
            cut[-1].append(run)
            continue
        if run.text == " ":
            cut.append([])
            continue
        start = 0
        for at, character in enumerate(run.text):
            if character.isspace():
                if at > start:
                    cut[-1].append(TextRun(run.text[start:at], run.word, run.glyph))
                cut.append([])
                start = at + 1
        if start < len(run.text):
            cut[-1].append(TextRun(run.text[start:], run.word, run.glyph))
    return [
        token
        for token in cut
        if token and (token[0].text or any(r.text or (r.gap is not None and not inside) for r in token))
    ]


def flow(root: etree._Element, rules: TextRules) -> list[FlowLine]:
    """The lines of a TEI tree: of its text, or of its sourceDoc when the text holds nothing."""
    notes = root.iter(q("handNote")) if rules.ink == Ink.MAIN else ()
    minor = frozenset(note.get(XML_ID, "") for note in notes if note.get("scope") == "minor")
    for place in ("text", "sourceDoc"):
        walk = _Walk(rules, minor)
        for element in root.iterchildren(q(place)):
            walk.visit(element, None, None)
        lines = walk.finish()
        if lines:
            return lines
    return []


_WORDS = frozenset({q("w"), q("pc")})
_RULES = {"del": "deleted", "add": "added"} | {n: n for n in ("unclear", "supplied", "note", "fw")}
"""Of each element that is kept or left out: its rule."""
# q, quote and label more often stand inside a line than make one
_BLOCKS = frozenset(
    {"ab", "addrLine", "argument", "body", "byline", "castItem", "cell", "closer", "dateline", "div"}
    | {"docAuthor", "docDate", "epigraph", "figure", "head", "item", "l", "lg", "line", "list", "opener", "p"}
    | {"postscript", "row", "salute", "signed", "sp", "speaker", "stage", "table", "titlePage", "trailer"}
    | {"zone"}
)


def is_unread_place(gap: etree._Element) -> bool:
    """Does a gap tell of a place that looks like writing? It stands in no line, in the text neither."""
    parent = gap.getparent()
    beside = parent is not None and local(parent) == "div"
    return beside and gap.get("reason") == UNREAD and gap.get("facs") is not None


class _Walk:
    """Goes through a text once; `word` is the w or pc around, `glyph` the doubtful letter around."""

    def __init__(self, rules: TextRules, left_out: frozenset[str] = frozenset()) -> None:
        self._rules, self._hands_left_out = rules, left_out
        self._lines = [FlowLine(None, None)]
        self._surface: str | None = None

    def finish(self) -> list[FlowLine]:
        """The lines gathered, without the empty ones that no break of the file asks for."""
        return [
            line
            for line in self._lines
            if line.is_break or line.text or any(run.gap is not None for run in line.runs)
        ]

    def visit(self, element: etree._Element, word: etree._Element | None, glyph: Glyph | None) -> None:
        """One element with all it holds, without its tail."""
        name = local(element)
        if not is_element(element) or name in NO_TEXT or self._left_out(name, element):
            return
        if name in {"lb", "pb", "cb", "gb"}:
            self._break(name, element)
            return
        if name == "gap":
            if is_unread_place(element):
                return
            mark = "[…]" if self._rules.gap == "mark" else ""
            self._lines[-1].runs.append(TextRun(mark, word, None, element))
            return
        if name == "space":
            self._append(" ", None, None)
            return
        if name == "surface":
            self._surface = element.get(XML_ID) or element.get("n")
        if name in {"w", "pc"} and word is None:
            word = element
        if name in {"choice", "app"}:
            chosen = self._chosen(name, element)
            if chosen is not None:
                self.visit(chosen, word, glyph or _letter(chosen, element))
            return
        if name in _BLOCKS:
            self._lines.append(FlowLine(element, self._surface))
        self.inside(element, word, glyph or _letter(element, None))
        if name in _BLOCKS:
            self._lines.append(FlowLine(None, self._surface))

    def inside(self, element: etree._Element, word: etree._Element | None, glyph: Glyph | None) -> None:
        """What an element holds: its text, children and their tails."""
        self._append(element.text, word, glyph)
        is_plain = word is None and not self._hands_left_out
        for child in element:
            if is_plain and child.tag in _WORDS and not len(child):  # most of what a record holds
                self._append(child.text, child, glyph)
            else:
                self.visit(child, word, glyph)
            self._append(child.tail, word, glyph)

    def _append(self, text: str | None, word: etree._Element | None, glyph: Glyph | None) -> None:
        if text:
            self._lines[-1].runs.append(TextRun(text, word, glyph))

    def _break(self, name: str, element: etree._Element) -> None:
        if name == "pb":
            self._surface = next(iter(pointers(element, "facs")), None) or element.get("n")
        self._lines.append(FlowLine(element if name == "lb" else None, self._surface))

    def _left_out(self, name: str, element: etree._Element) -> bool:
        if self._hands_left_out and not self._hands_left_out.isdisjoint(pointers(element, "hand")):
            return True
        if name in {"ex", "am"}:
            return self._rules.abbr == {"ex": "abbr", "am": "expan"}[name]
        if name not in _RULES or getattr(self._rules, _RULES[name]) == "keep":
            return False
        parent = element.getparent()
        return name != "del" or parent is None or local(parent) != "restore"

    def _chosen(self, name: str, element: etree._Element) -> etree._Element | None:
        """The reading of several (in a choice or app) that counts."""
        readings = [child for child in element if local(child)]
        firsts = {local(child): child for child in reversed(readings)}
        if name == "app":
            wanted = ["lem", "rdg"] if self._rules.app == "lem" else ["rdg", "lem"]
        else:
            wanted = [getattr(self._rules, rule) for rule in ("sic", "abbr", "orig")]
        return next((firsts[tag] for tag in wanted if tag in firsts), readings[0] if readings else None)


def walk_inside(element: etree._Element, rules: TextRules) -> list[TextRun]:
    """What an element holds, line breaks aside."""
    walk = _Walk(rules)
    walk.inside(element, None, None)
    return [run for line in walk.finish() for run in line.runs]


def _letter(element: etree._Element, choice: etree._Element | None) -> Glyph | None:
    """The doubtful letter that an unclear of ours marks, with its rivals from the choice around it."""
    if local(element) != "unclear" or element.get("reason") != LETTER:
        return None
    parent = element.getparent()
    if choice is None and parent is not None and local(parent) == "choice":
        return None
    others = [] if choice is None else [e for e in choice if local(e) == "unclear" and e is not element]
    rivals = tuple(Rival(e.text or "", probability(e.get("cert")) or 0.0) for e in others)
    return Glyph(element.text or "", confidence_of(element), None, rivals)
