"""Words of a person spelt as TEI: w and pc, gap, abbreviations, and the marks around them."""

from collections.abc import Mapping, Sequence

from ocr.corrections.letters import Part
from ocr.corrections.spans import attribute, content
from ocr.corrections.tokens import Token
from ocr.tei.words import HYPHENS, rows_of_marks
from ocr.text import bare_word

KIND_TAGS = {"insertion": 'add place="above"', "struck": "del", "number": 'fw type="pageNum"'}
"""The element that the words of a line of such a kind stand in."""
MARK_TAGS = {
    "del": "del",
    "add": 'add place="above"',
    "supplied": "supplied",
    "unclear": 'unclear reason="illegible"',
    "foreign": "foreign",
    "hi": 'hi rend="underline"',
    "superscript": 'hi rend="superscript"',
}
"""The start tag of a mark that a person sets."""


def marked(words: str, tag: str) -> str:
    """Words in an element, given by what its start tag holds."""
    return f"<{tag}>{words}</{tag.split(maxsplit=1)[0]}>"


def in_kind(words: str, kind: str, p: str) -> str:
    """Words in the element that a line of that kind stands in."""
    tag = KIND_TAGS.get(kind)
    return words if tag is None else marked(words, p + tag)


def spell_token(
    token: Token,
    p: str,
    zones: Sequence[str],
    *,
    goes_on: bool = False,
    went_on: bool = False,
    tags: Mapping[str, str] | None = None,
) -> str:
    """A person's word as TEI: pc for the marks around it, w for the word, choice for an abbreviation.
    `tags`: the start tags of marks on its letters, where they are not those that a person sets."""
    facs = f' facs="{" ".join("#" + attribute(z) for z in zones)}"' if zones else ""
    if token.gap is not None:
        count = token.gap.extent
        size = "" if count is None else f' unit="chars" quantity="{count}"'
        reason = "_".join(token.gap.reason.split()) or "illegible"
        return f'<{p}gap reason="{attribute(reason)}"{size}{facs}/>'
    unclear = "unclear" in {*token.marks, *(mark for part in token.parts for mark in part.marks)}
    attributes = f'{facs} cert="{"low" if unclear else "high"}"'
    text = token.text
    weak = ""
    if goes_on and len(text) > 1 and text[-1] in HYPHENS:
        text, weak = text[:-1], f'<{p}pc{attributes} force="weak">{content(text[-1])}</{p}pc>'
    before, core, after = bare_word(text)
    if not core:
        core, before = before, ""
    is_word = bare_word(core)[1] != ""
    inner = _letters(token.parts, len(before), len(before) + len(core), p, tags or {}) or content(core)
    if "abbr" in token.marks:
        if after.startswith("."):  # the point belongs to the abbreviation
            core, after = core + ".", after[1:]
        inner = f"<{p}abbr>{content(core)}</{p}abbr>"
        if token.expan:
            inner = f"<{p}choice>{inner}<{p}expan>{content(token.expan)}</{p}expan></{p}choice>"
    part = ""
    if weak or went_on:
        part = f' part="{"M" if weak and went_on else "I" if weak else "F"}"'
    name = "w" if is_word else "pc"
    main = f"<{p}{name}{attributes}{part}>{inner}{weak}</{p}{name}>"
    return "".join([*_marks(before, p, attributes), main, *_marks(after, p, attributes)])


def _letters(parts: Sequence[Part], first: int, last: int, p: str, tags: Mapping[str, str]) -> str:
    """The letters of a word from one place to another, each part in its marks; nothing without parts."""
    spelt, at = [], 0
    for part in parts:
        text = part.text[max(first - at, 0) : max(last - at, 0)]
        at += len(part.text)
        inner = content(text)
        for mark in reversed(part.marks) if text else ():
            inner = marked(inner, tags.get(mark, p + MARK_TAGS[mark]))
        spelt.append(inner)
    return "".join(spelt)


def _marks(text: str, p: str, attributes: str) -> list[str]:
    return [f"<{p}pc{attributes}>{content(mark)}</{p}pc>" for mark in rows_of_marks(text)]
