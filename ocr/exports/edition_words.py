"""A word of an edition in TEI: its letters with marks, doubt, places, readings as asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ocr.corrections.letters import Part
from ocr.corrections.tokens import MARKS, Gap, Token
from ocr.exports.modern import modern
from ocr.exports.reading import UNCERTAIN, Layers
from ocr.tei.names import LOW_CONFIDENCE, RIVAL, cert, name_token
from ocr.text import bare_word, fit_for_xml

TAGS = {
    "add": '<add place="above">',
    "unclear": '<unclear reason="illegible">',
    "hi": '<hi rend="underline">',
    "superscript": '<hi rend="superscript">',
}
_HYPHEN = '<pc force="weak">{}</pc>'


def spelt(text: str) -> str:
    """Text as XML has it."""
    return fit_for_xml(text)[0].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def tag(name: str, content: str = "", **attributes: str | None) -> str:
    """An element; attributes without a value are left out, and "_" at their end."""
    given = "".join(
        f' {key.rstrip("_").replace("__", ":")}="{spelt(value).replace(chr(34), "&quot;")}"'
        for key, value in attributes.items()
        if value
    )
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def marked(mark: str, content: str, facs: str | None = None) -> str:
    """Content in the element of a mark, which has a place of its own or none."""
    start = TAGS.get(mark, f"<{mark}>")
    place = f' facs="{facs}"' if facs else ""
    return f"{start[:-1]}{place}>{content}</{start[1:-1].partition(' ')[0]}>"


@dataclass(frozen=True, slots=True)
class EditionWord:
    """A token of the edition."""

    token: Token
    doubtful: bool
    facs: str | None = None
    """The pointer to its zone."""
    by: str | None = None
    """The pointer to who corrected it."""
    reader: str | None = None
    """The pointer to who read its line."""
    insertion: str | None = None
    """The pointer to the zone of the line above the line that it was put in on."""


def gap_of(gap: Gap) -> str:
    """What stands for ink that is not read, or not shown."""
    if gap.reason == UNCERTAIN:
        return tag("gap", reason=UNCERTAIN, unit="word", quantity="1")
    extent = None if gap.extent is None else str(gap.extent)
    return tag("gap", reason=name_token(gap.reason), unit="chars" if extent else None, quantity=extent)


class WordWriter:
    """Writes words."""

    def __init__(self, layers: Layers, *, in_both_spellings: bool) -> None:
        self._layers, self._modern = layers, in_both_spellings

    def row(self, words: Sequence[EditionWord]) -> str:
        """Words with spaces between; neighbours marked alike share the elements of their marks, and words of
        one correction its app."""
        shown = []
        for (marks, place), of_marks in groupby(
            words, lambda word: (tuple(m for m in word.token.marks if m != "abbr"), word.insertion)
        ):
            content = " ".join(self._corrected(list(of_marks)))
            for mark in reversed([m for m in MARKS if m in marks]):
                content = marked(mark, content, place if mark == "add" else None)
            shown.append(content)
        return " ".join(shown)

    def _corrected(self, words: Sequence[EditionWord]) -> Iterator[str]:
        if self._layers is not Layers.ALL:
            yield from map(self.whole, words)
            return
        for (machine, by), together in groupby(words, lambda word: (word.token.machine, word.by)):
            content = [self.whole(word) for word in together]
            if machine is None:
                yield from content
            else:
                rdg = tag("rdg", spelt(machine), resp=words[0].reader)
                yield f"<app>{tag('lem', ' '.join(content), resp=by)}{rdg}</app>"

    def whole(self, word: EditionWord) -> str:
        """A word without the marks of the whole of it."""
        token = word.token
        if token.gap is not None:
            return gap_of(token.gap)
        before, core, after = bare_word(token.text)
        if self._layers is Layers.ALL and not all(
            rival.text.startswith(before) and rival.text.endswith(after) for rival in token.rivals
        ):  # rivals differ in their punctuation: it stays with the word
            before, core = "", token.text
        if not core:
            return self._doubt(self._letters(token, 0, len(token.text)), word, "pc", ("", ""))
        start, end = len(before), len(before) + len(core)
        inner = self._letters(token, start, end)
        new = modern(core)
        if "abbr" in token.marks:
            inner = f"<abbr>{inner}</abbr>"
            if token.expan:
                inner = f"<choice>{inner}{tag('expan', spelt(token.expan))}</choice>"
        elif self._modern and new != core and not _is_struck(token):
            inner = f"<choice><orig>{inner}</orig>{tag('reg', spelt(new))}</choice>"
        inner = self._doubt(inner, word, "w", (before, token.text[end:]))
        return self._letters(token, 0, start) + inner + self._letters(token, end, len(token.text))

    def halves(self, first: EditionWord, breaks: str, second: EditionWord) -> str:
        """A word that goes on after a hyphen and what breaks it: lb, and pb."""
        if first.token.gap is not None or second.token.gap is not None:
            return gap_of(Gap(UNCERTAIN)) + breaks + gap_of(Gap(UNCERTAIN))
        before, core, rest = _bare_half(first.token.text, at_end=False)
        more, own, _ = _bare_half(second.token.text, at_end=True)
        joined = core + own
        texts = (first.token, second.token)
        begin = self._doubt(
            self._letters(first.token, len(before), len(before) + len(core)) + _HYPHEN.format(spelt(rest)),
            first, "w", ("", ""), part="I",
        )  # fmt: skip
        end = self._doubt(
            self._letters(second.token, len(more), len(more) + len(own)), second, "w", ("", ""), part="F"
        )
        first_marks, second_marks = (tuple(m for m in MARKS if m in t.marks and m != "abbr") for t in texts)
        tail = self._letters(second.token, len(more) + len(own), len(second.token.text))
        head = self._letters(first.token, 0, len(before))
        if first_marks != second_marks:
            return _around(first_marks, head + begin) + breaks + _around(second_marks, end + tail)
        content = begin + breaks + end
        if self._modern and modern(joined) != joined and not any(map(_is_struck, texts)):
            content = f"<choice><orig>{content}</orig>{tag('reg', spelt(modern(joined)))}</choice>"
        return _around(first_marks, head + content + tail)

    def _doubt(
        self, content: str, word: EditionWord, name: str, outside: tuple[str, str], part: str | None = None
    ) -> str:
        """Letters as the word they are, `outside` of which stands punctuation before and after."""
        token, how_sure = word.token, None if word.token.cert is None else cert(word.token.cert)
        if self._layers is Layers.TEXT:
            return tag("unclear", content, reason=LOW_CONFIDENCE, cert=how_sure) if word.doubtful else content
        if self._layers is Layers.ALL and token.rivals and part is None:
            others = "".join(
                tag("unclear", spelt(_without(rival.text, outside)), cert=_cert(rival.cert))
                for rival in token.rivals
                if rival.text
            )
            reason = LOW_CONFIDENCE if word.doubtful else RIVAL
            content = (
                f"<choice>{tag('unclear', content, reason=reason)}{others}</choice>" if others else content
            )
        elif word.doubtful:
            content = tag("unclear", content, reason=LOW_CONFIDENCE)
        return tag(name, content, facs=word.facs, cert=how_sure, part=part)

    def _letters(self, token: Token, start: int, end: int) -> str:
        """Letters of a token, from the start-th to before the end-th, with their own marks."""
        at, shown = 0, ""
        for part in token.parts or (Part(token.text),):
            text = part.text[max(start - at, 0) : max(end - at, 0)]
            at += len(part.text)
            if text:
                shown += _around(tuple(m for m in MARKS if m in part.marks), spelt(text))
        return shown


def _cert(value: float | None) -> str | None:
    return None if value is None else cert(value)


def _without(text: str, outside: tuple[str, str]) -> str:
    """A rival without the punctuation that stands outside the word."""
    before, after = outside
    return text[len(before) : len(text) - len(after)] or text


def _around(marks: tuple[str, ...], content: str) -> str:
    for mark in reversed(marks):
        content = marked(mark, content)
    return content


def _is_struck(token: Token) -> bool:
    return any("del" in part.marks for part in token.parts)


def _bare_half(text: str, *, at_end: bool) -> tuple[str, str, str]:
    """Punctuation before, the letters, punctuation or hyphen after."""
    if at_end:
        return bare_word(text)
    before, core, after = bare_word(text[:-1])
    return before, core + after, text[-1]
