"""The header of an edition: what its records say of the notebook, and of those who read and corrected it."""

from collections import Counter
from copy import deepcopy

from lxml import etree

from ocr import __version__
from ocr.exports.edition_words import spelt, tag
from ocr.exports.pages import ExportPage
from ocr.exports.reading import ExportSettings, Layers, ShownWords
from ocr.exports.wording import summary
from ocr.tei.header import version_number
from ocr.tei.names import STATES, XML_ID, is_element, local, name_token, q
from ocr.text import squeeze

_NOTEBOOK = "notebook"
_POINTERS = ("resp", "corresp", "change", "facs", "hand", "who", "target", "source")
_NAMESPACE = ' xmlns="http://www.tei-c.org/ns/1.0"'


class EditionHeader:
    """Gathers it page by page."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._people: dict[tuple[str, str, str], None] = {}
        """Of each who answers for something: what for, the name, and what kind of name it is."""
        self._of_page: dict[str, str] = {}
        self._page = 0
        self._descriptions: dict[str, None] = {}
        self._authors: dict[str, None] = {}
        self._licences: dict[str, None] = {}
        self._programs: dict[tuple[str, str, str], None] = {}
        self._states: Counter[str] = Counter()
        self._title = ""

    def add(self, page: ExportPage) -> None:
        """The next page."""
        self._page += 1
        self._of_page = {}
        self._states[page.view.state] += 1
        header = page.tree.find(q("teiHeader"))
        if header is None:
            return
        for statement in header.iter(q("respStmt")):
            self._add_person(statement)
        for description in header.iter(q("msDesc")):
            self._descriptions.setdefault(_bare(description))
            title = description.find(f".//{q('title')}")
            self._title = self._title or (
                "" if title is None else squeeze("".join(map(str, title.itertext())))
            )
        for name, known in (("author", self._authors), ("licence", self._licences)):
            for element in header.iter(q(name)):
                if not any(local(above) == "msDesc" for above in element.iterancestors()):
                    known.setdefault(_bare(element))
        for program in header.iter(q("application")):
            labels = [label.text or "" for label in program.iter(q("label")) if label.get("type") is None]
            key = (program.get("ident", ""), program.get("version", ""), (labels or [""])[0])
            self._programs.setdefault(key)

    def pointer(self, number: int, ident: str | None) -> str | None:
        """How the edition points to whoever has this id in the record of the page added last; None when it
        is not known. `number` is that page's."""
        assert number == self._page, "ids are known of the page added last"
        own = self._of_page.get(ident or "")
        return None if own is None else f"#{own}"

    def _add_person(self, statement: etree._Element) -> None:
        name = next((e for e in statement if local(e) in {"name", "persName", "orgName"}), None)
        resp = statement.find(q("resp"))
        if name is None or resp is None:
            return
        words = ["".join(map(str, e.itertext())) for e in (resp, name)]
        key = (squeeze(words[0]), squeeze(words[1]), name.get("type") or "")
        self._people.setdefault(key)
        if ident := statement.get(XML_ID):
            self._of_page[ident] = f"resp{list(self._people).index(key) + 1}"

    def xml(self, counts: ShownWords, settings: ExportSettings) -> str:
        """The teiHeader."""
        title = tag("title", spelt(self._title or self._name or "—"), type="main")
        people = "\n".join(
            tag(
                "respStmt",
                tag("resp", spelt(resp)) + tag("name", spelt(name), type=kind or None),
                xml__id=f"resp{number}",
            )
            for number, (resp, name, kind) in enumerate(self._people, 1)
        )
        authors = "\n".join(self._authors)
        statement = "\n".join(filter(None, (title, authors, people)))
        licences = "\n".join(self._licences) or tag("p", "Working transcription, not published.")
        programs = "\n".join(
            tag(
                "application",
                tag("label", spelt(label or ident)),
                ident=name_token(ident),
                version=version_number(version),
            )
            for ident, version, label in self._programs
        )
        first, *others = [*self._descriptions] or [""]
        others = [each.replace(f' xml:id="{_NOTEBOOK}"', "", 1) for each in others]
        sources = "\n".join([first, *others]) or tag("p", "The scans named in facsimile.")
        return (
            f"<teiHeader>\n<fileDesc>\n<titleStmt>\n{statement}\n</titleStmt>\n"
            f"<publicationStmt>\n<authority>tetradi {__version__}</authority>\n"
            f"<availability>\n{licences}\n</availability>\n</publicationStmt>\n<sourceDesc>\n{sources}\n</sourceDesc>\n</fileDesc>\n<encodingDesc>\n"
            f"<editorialDecl>\n{self._editorial(counts, settings)}\n</editorialDecl>\n"
            + (f"<appInfo>\n{programs}\n</appInfo>\n" if programs else "")
            + f"</encodingDesc>\n<revisionDesc>\n{tag('change', spelt(self._state()))}\n"
            "</revisionDesc>\n</teiHeader>\n"
        )

    def _state(self) -> str:
        states = ", ".join(f"{self._states[state]} {state}" for state in STATES if self._states[state])
        return f"Made by tetradi {__version__} from the records of {self._page} scans: {states}."

    def _editorial(self, counts: ShownWords, settings: ExportSettings) -> str:
        sentences = [
            summary(counts, settings)[0],
            "Paragraphs are an editor's: by indent, gap, and short last line, found by a program.",
            "unclear with @reason ocr_low_confidence: a program read the word with doubt.",
        ]
        if settings.threshold:
            sentences.append(
                f"gap with @reason uncertain: a word that a program read with a probability under "
                f"{settings.threshold:.2f}."
            )
        if settings.layers is not Layers.TEXT:
            sentences.append("@cert: the probability, 0 to 1, that a word is right, as its reader gives it.")
        shown = [tag("interpretation", "".join(tag("p", spelt(sentence)) for sentence in sentences))]
        shown.append(
            tag(
                "hyphenation",
                tag("p", 'Line-end hyphens are kept in pc with force="weak"; the next break has break="no".'),
                eol="all",
            )
        )
        new = (
            "orig: the spelling of the source; reg: the same in the spelling after 1918, by rule and list."
            if settings.modern
            else "None: the spelling of the source is kept."
        )
        shown.append(tag("normalization", tag("p", new)))
        return "\n".join(shown)


def _bare(element: etree._Element) -> str:
    """A copy as it is spelt, without ids and pointers into its record, but for the notebook's description."""
    own = deepcopy(element)
    own.tail = None
    for each in own.iter():
        if not is_element(each):
            continue
        ident = each.attrib.pop(XML_ID, "")
        if each is own and ident == _NOTEBOOK:
            each.set(XML_ID, _NOTEBOOK)
        for name in _POINTERS:
            if any(part.startswith("#") and part != f"#{_NOTEBOOK}" for part in each.get(name, "").split()):
                del each.attrib[name]
    return etree.tostring(own, encoding="unicode").replace(_NAMESPACE, "", 1)
