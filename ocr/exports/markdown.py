"""A notebook as one Markdown text: running paragraphs, where pages begin, doubt and marks by signs."""

import re
import tempfile
from shutil import copyfileobj

from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.reading import ExportSettings, ShownWords
from ocr.exports.running import (
    Event,
    LineBegins,
    PageBegins,
    ParagraphBegins,
    ShownTable,
    ShownWord,
    running_text,
)
from ocr.exports.wording import LEGEND, remark_of, summary
from ocr.page import Kind

_SIGNS = {
    "del": ("~~", "~~"),
    "add": ("‹", "›"),
    "supplied": ("\\[", "\\]"),
    "unclear": ("", "\\[?\\]"),
    "foreign": ("*", "*"),
    "hi": ("<u>", "</u>"),
    "superscript": ("<sup>", "</sup>"),
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#$&])")
_AT_START = re.compile(r"^(\d+)([.)])|^([-+=])")
GAP = "\\[…\\]"


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.md. RecordError when a page is no TEI."""
    counts, signs = ShownWords(), {"page"}
    with tempfile.TemporaryFile() as body:
        begins, is_first = True, True
        for event in running_text(group, settings, counts):
            text = _spelt(event, signs, begins=begins)
            text, is_first = text.removeprefix("\n\n") if is_first else text, False
            begins = isinstance(event, ParagraphBegins | ShownTable) or (
                begins and isinstance(event, LineBegins | PageBegins)
            )
            body.write(text.encode())
        body.seek(0)
        with out.open_file(f"{group.place}.md") as file:
            head = [f"# {escaped(group.name)}", *legend(signs), *summary(counts, settings)]
            file.write("\n\n".join(head).encode() + b"\n\n")
            copyfileobj(body, file)
            file.write(b"\n")
    out.remark = remark_of(counts, settings)


def legend(signs: set[str]) -> list[str]:
    """What the signs that are used mean, in Russian and in English: a list."""
    shown = {
        "page": "**\\[1: page-0001\\]**",
        "gap": GAP,
        "doubtful": "слово\\[?\\]",
        "expan": "т. \\[= товарищ\\]",
        **{mark: f"{start}слово{end}" for mark, (start, end) in _SIGNS.items() if mark != "unclear"},
    }
    rows = [f"- {shown[key]} — {russian} / {english}" for key, (russian, english) in LEGEND.items()
            if key in signs and key in shown]  # fmt: skip
    return ["\n".join(rows)] if rows else []


def _spelt(event: Event, signs: set[str], *, begins: bool) -> str:
    if isinstance(event, PageBegins):
        return f"{'' if begins else ' '}{page_mark(event)}{' ' if begins else ''}"
    if isinstance(event, ParagraphBegins):
        return "\n\n" + {Kind.HEADING: "## ", Kind.MARGIN: "> "}.get(event.kind, "")
    if isinstance(event, LineBegins):
        return ""
    if isinstance(event, ShownTable):
        return "\n\n" + _table(event, signs) + "\n\n"
    return f"{'' if begins else ' '}{word_text(event, signs, begins=begins)}"


def _table(table: ShownTable, signs: set[str]) -> str:
    """Rows between bars; the first is the head, which Markdown asks for. What a cell covers is empty."""
    width = max(cell.column + cell.columns for row in table.rows for cell, _ in row)
    rows = []
    for row in table.rows:
        texts = [""] * width
        for cell, words in row:
            texts[cell.column] = " ".join(word_text(word, signs, begins=False) for word in words)
        rows.append(f"| {' | '.join(texts)} |")
    return "\n".join([rows[0], "|" + " --- |" * width, *rows[1:]])


def page_mark(event: PageBegins) -> str:
    """Where a page begins: which of the notebook, the name of its scan, the number written on it."""
    folio = f", «{', '.join(event.folios)}»" if event.folios else ""
    return f"**\\[{event.number}: {escaped(event.name + folio)}\\]**"


def word_text(word: ShownWord, signs: set[str], *, begins: bool) -> str:
    """A word with the signs of its marks; which are used is noted in `signs`."""
    if word.gap is not None:
        signs.add("gap")
        return GAP
    shown = ""
    for part in word.parts:
        text = escaped(part.text)
        for mark in reversed(part.marks):
            if mark in _SIGNS:
                signs.add("doubtful" if mark == "unclear" else mark)
                start, end = _SIGNS[mark]
                text = f"{start}{text}{end}"
        shown += text
    if word.doubtful:
        signs.add("doubtful")
        shown += "\\[?\\]"
    if word.expan:
        signs.add("expan")
        shown += f" \\[= {escaped(word.expan)}\\]"
    return _AT_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", shown) if begins else shown


def escaped(text: str) -> str:
    """Text whose own signs are no Markdown."""
    return _SPECIAL.sub(r"\\\1", text)
