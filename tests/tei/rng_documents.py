"""Random documents that a RELAX NG schema admits: a walk through its patterns."""

import random
from itertools import count

from lxml import etree

RNG = "{http://relaxng.org/ns/structure/1.0}"
TEI = "{http://www.tei-c.org/ns/1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMES = {"xml:id": XML_ID, "xml:lang": XML_LANG}

_PATTERNS = {
    r"[^\p{C}\p{Z}]+": ["слово", "above", "ocr_x"],
    r"\S+": ["#a1", "#rev1", "scan%20%23.tif"],
    r"-?[0-9]+(\.[0-9]+)?,-?[0-9]+(\.[0-9]+)?": ["0,0", "10.5,-3", "7,12"],
    r"[\d]+[a-z]*[\d]*(\.[\d]+[a-z]*[\d]*){0,3}": ["5.3.0", "4a1", "0"],
    r"\d+(\.\d+)?px": ["12px", "1.5px"],
}
_TYPES = {
    "language": ["ru", "la"],
    "nonNegativeInteger": ["0", "3"],
    "date": ["2026-11-22"],
    "dateTime": ["2026-11-22T10:00:00Z"],
    "gYear": ["1932"],
    "gYearMonth": ["1932-05"],
    "Name": ["tesseract", "имя_1"],
}


class Documents:
    """Makes documents; deep patterns are cut by leaving out what is optional."""

    def __init__(self, schema: etree._ElementTree, seed: int) -> None:
        self._random = random.Random(seed)
        self._root = schema.getroot()
        self._defines = {d.get("name"): d for d in self._root.iter(f"{RNG}define")}
        self._ids = count(1)

    def make(self) -> etree._Element:
        start = self._root.find(f"{RNG}start/{RNG}element")
        assert start is not None
        holder = etree.Element("holder")
        self._element(start, holder, 0)
        return holder[0]

    def _all(self, pattern: etree._Element, into: etree._Element, depth: int) -> None:
        for child in pattern.iterchildren(f"{RNG}*"):
            self._one(child, into, depth)

    def _one(self, pattern: etree._Element, into: etree._Element, depth: int) -> None:
        kind = str(pattern.tag).removeprefix(RNG)
        often = self._random.random() < (0.35 if depth < 9 else 0.0)
        if kind == "element":
            self._element(pattern, into, depth)
        elif kind == "attribute":
            name = pattern.get("name") or ""
            into.set(NAMES.get(name, name), self._value(pattern))
        elif kind == "ref":
            self._all(self._defines[pattern.get("name")], into, depth)
        elif kind == "text":
            self._say(into, self._random.choice(["", " ", "слово ", "т.е."]))
        elif kind in {"group", "mixed"}:
            self._all(pattern, into, depth)
        elif kind == "optional":
            if often:
                self._all(pattern, into, depth)
        elif kind in {"zeroOrMore", "oneOrMore"}:
            least = 1 if kind == "oneOrMore" else 0
            most = 3 if depth < 9 else least
            for _ in range(self._random.randint(least, max(least, most))):
                self._all(pattern, into, depth)
        elif kind == "choice":
            options = list(pattern.iterchildren(f"{RNG}*"))
            if depth >= 9 and options[0].tag == f"{RNG}text":
                options = options[:1]
            self._one(self._random.choice(options), into, depth)
        else:
            raise AssertionError(f"a pattern this test does not know: {kind}")

    def _element(self, pattern: etree._Element, into: etree._Element, depth: int) -> None:
        element = etree.SubElement(into, TEI + (pattern.get("name") or ""))
        self._all(pattern, element, depth + 1)

    @staticmethod
    def _say(into: etree._Element, text: str) -> None:
        if len(into):
            into[-1].tail = (into[-1].tail or "") + text
        else:
            into.text = (into.text or "") + text

    def _value(self, pattern: etree._Element) -> str:
        return " ".join(v for child in pattern.iterchildren(f"{RNG}*") for v in self._values(child))

    def _values(self, pattern: etree._Element) -> list[str]:
        kind = str(pattern.tag).removeprefix(RNG)
        children = list(pattern.iterchildren(f"{RNG}*"))
        if kind == "ref":
            return [v for child in self._defines[pattern.get("name")] if isinstance(child.tag, str)
                    for v in self._values(child)]  # fmt: skip
        if kind == "choice":
            return self._values(self._random.choice(children))
        if kind in {"list", "group"}:
            return [v for child in children for v in self._values(child)]
        if kind == "oneOrMore":
            repeats = self._random.randint(1, 2)
            return [v for _ in range(repeats) for child in children for v in self._values(child)]
        if kind == "value":
            return [pattern.text or ""]
        if kind == "text":
            return [self._random.choice(["", "12", "a b"])]
        assert kind == "data", f"a pattern this test does not know: {kind}"
        return [self._data(pattern)]

    def _data(self, pattern: etree._Element) -> str:
        kind = pattern.get("type") or ""
        params = {p.get("name"): p.text or "" for p in pattern.iterchildren(f"{RNG}param")}
        if kind == "ID":
            return f"a{next(self._ids)}"
        if kind == "double":
            return self._random.choice(["0", "0.93", "1"] if params else ["0", "12.5", "-3"])
        if "pattern" in params:
            return self._random.choice(_PATTERNS[params["pattern"]])
        return self._random.choice(_TYPES[kind])
