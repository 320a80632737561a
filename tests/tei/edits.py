"""Corrections taken back by other means than those that made them: plain patterns on bytes."""

import re

_APP = re.compile(
    rb"<app><lem[^>]*?(?:/>|>(?:(?!<app>).)*?</lem>)<rdg[^>]*?(?:/>|>((?:(?!<app>).)*?)</rdg>)</app>",
    re.DOTALL,
)
_PERSON = re.compile(rb'\s*<respStmt xml:id="rev\d+">.*?</respStmt>', re.DOTALL)
_VARIANTS = re.compile(rb'\s*<variantEncoding method="[\w-]+" location="\w+"/>')
_BREAK_ID = re.compile(rb'(<lb\b[^>]*?) xml:id="\w+_lb\d*"')
_CHANGE = re.compile(rb'<change [^>]*?who="#rev\d+"[^>]*>[^<]*</change>\s*')


_WRAPPED = re.compile(
    rb'<(?:add place="above"|del|fw type="pageNum")>(<gap reason="unread"[^>]*/>)?</(?:add|del|fw)>'
)


def taken_back(content: bytes) -> bytes:
    """The file without corrections of words, without their persons and changes, states left out."""
    was = b""
    while was != content:
        was, content = content, _APP.sub(lambda found: found[1] or b"", content)
    content = _WRAPPED.sub(lambda found: found[1] or b"", content)  # lines of a kind without words till then
    content = _CHANGE.sub(b"", _PERSON.sub(b"", content))
    content = _BREAK_ID.sub(rb"\1", _VARIANTS.sub(b"", content))
    content = re.sub(rb'<revisionDesc status="\w+"', b"<revisionDesc", content)
    return re.sub(rb' break="(yes|no)"', b"", content)
