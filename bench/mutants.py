"""Bytes made wrong for bench/fuzz.py: bytes; XML, JSON, tables by their parts; zips by members."""

import io
import json
import random
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

Mutate = Callable[[random.Random, Sequence[bytes]], bytes]

_ODD = (
    "", "0", "-0", "-1", "1", "NaN", "nan", "inf", "-inf", "1e309", "1e308", "-1e308", "9" * 30, "9" * 5000,
    "0x10", "1_0", "1,5", "٣", "½", "²", "true", "null", "None", " ", "\t", "\n", "\r\n", "\u00a0", "\u2028",
    "\ufeff", "\u202e", "\U0010ffff", "é" * 300, "е\u0301" * 400, "a" * 70_000, " " * 70_000, "\n" * 70_000,
    "../../../etc/passwd",
    "/etc/passwd", "C:\\x", "file:///etc/passwd", "http://169.254.169.254/", "#", "#a #b", "##", "%00", "&",
    "&amp;", "<", "]]>", "<!--", "-->", "'", '"', "=1+1", "@x", "s1_r1_l1", "s1", "#s1_r1_l1", "0,0",
    "0,0 1,1", "1e9,1e9 2e9,2e9 3e9,1", "5,5 5,5 5,5", "-5,-5 3,3 0,9", "10 10 5 5", "bbox 0 0 0 0",
    "bbox 9 9 1 1", "2147483648", "-2147483649", "18446744073709551616", "4294967295", "65536",
)  # fmt: skip
_ODD_BYTES = (*(text.encode("utf-8") for text in _ODD), b"\xff\xfe", b"\0", b"\xed\xa0\x80", b"\xc0\x80")
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def any_bytes(dice: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One to eight changes: flips, odd numbers, cuts, repeats, pieces of another; early places oftener."""
    content = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        if not content:
            return bytes(dice.choice(_ODD_BYTES))
        most = len(content) if dice.random() < 0.5 else min(len(content), 512)
        at = dice.randrange(most)
        end = min(len(content), at + dice.choice((1, 2, 4, 8, 30, 300, 5000)))
        match dice.randrange(8):
            case 0:
                content[at] ^= 1 << dice.randrange(8)
            case 1:
                content[at] = dice.randrange(256)
            case 2:
                number, order = dice.choice(_NUMBERS), dice.choice("<>")
                packed = struct.pack(f"{order}I", number) if dice.random() < 0.6 else b""
                content[at : at + 4] = (
                    packed or struct.pack(f"{order}H", number & 0xFFFF) + content[at + 2 : at + 4]
                )
            case 3:
                del content[at:end]
            case 4:
                content[at:at] = content[at:end] * dice.choice((1, 2, 50))
            case 5:
                other = dice.choice(seeds)
                start = dice.randrange(len(other) + 1)
                content[at:end] = other[start : start + end - at]
            case 6:
                content[at:at] = dice.choice(_ODD_BYTES)
            case 7:
                del content[at:]
    return bytes(content)


_TAG = re.compile(rb"<(/?)([A-Za-z_][\w:.-]*)([^<>]*)>")
_VALUE = re.compile(rb"=\s*(\"[^\"]*\"|'[^']*')")
_TEXT = re.compile(rb">([^<>]+)<")


def xml(dice: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Elements that go, come twice, change name or place; odd values; entities; nests; encodings."""
    if dice.random() < 0.15:
        return any_bytes(dice, seeds)
    content = dice.choice(seeds)
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        tags = list(_TAG.finditer(content))
        if not tags:
            return content
        tag, other = dice.choice(tags), dice.choice(tags)
        odd = _escaped(dice.choice(_ODD_BYTES))
        match dice.randrange(13):
            case 0:
                content = _put(content, tag.span(2), other[2])
            case 1:
                content = content.replace(b"<" + tag[2], b"<" + other[2]).replace(
                    b"</" + tag[2], b"</" + other[2]
                )
            case 2 | 3 | 4:
                values = list(_VALUE.finditer(content))
                if values:
                    span = dice.choice(values).span(1)
                    taken = content[slice(*dice.choice(values).span(1))]
                    content = _put(
                        content, span, b'"' + odd.replace(b'"', b"") + b'"' if dice.random() < 0.7 else taken
                    )
            case 5:
                texts = list(_TEXT.finditer(content))
                if texts:
                    content = _put(content, dice.choice(texts).span(1), odd)
            case 6 | 7:
                first, last = _element(content, tag)
                content = _put(content, (first, last), b"")
            case 8:
                first, last = _element(content, tag)
                content = _put(
                    content, (other.start(), other.start()), content[first:last] * dice.choice((1, 2, 30))
                )
            case 9:
                nest = dice.choice((10, 200, 300, 20_000))
                name = tag[2]
                content = _put(content, (tag.end(), tag.end()), b"<" + name + b">")
                content = _put(
                    content,
                    (tag.end(), tag.end()),
                    (b"<" + name + b">") * nest + (b"</" + name + b">") * nest,
                )
                content = content.replace(b"<" + name + b"><" + name + b">", b"<" + name + b">", 0)
            case 10:
                attribute = re.search(rb"\s[\w:.-]+\s*=\s*(\"[^\"]*\"|'[^']*')", tag[3])
                if attribute:
                    content = _put(
                        content, (tag.start(3) + attribute.start(), tag.start(3) + attribute.end()), b""
                    )
            case 11:
                declared = dice.choice((
                    b'<!DOCTYPE a [<!ENTITY e "x"><!ENTITY f "&e;&e;&e;">]>',
                    b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>",
                    b"<?xml-stylesheet href='x'?>", b"<!-- x -->", b"<![CDATA[x]]>", b"&e;", b"&#0;",
                    b"&#x110000;", b"&#10;",
                ))  # fmt: skip
                place = dice.choice((content.find(b"?>") + 2, tag.start(), tag.end()))
                content = _put(content, (place, place), declared)
            case 12:
                encoding = dice.choice(
                    (b"utf-16", b"koi8-r", b"windows-1251", b"utf-7", b"ebcdic", b"x", b"UTF-32")
                )
                content = re.sub(rb"encoding=.[\w-]+.", b'encoding="' + encoding + b'"', content, count=1)
    return content


def _escaped(odd: bytes) -> bytes:
    return odd.replace(b"&", b"&amp;").replace(b"<", b"&lt;") if odd not in {b"&", b"<"} else odd


def _put(content: bytes, span: tuple[int, int], new: bytes) -> bytes:
    return content[: span[0]] + new + content[span[1] :]


def _element(content: bytes, tag: "re.Match[bytes]") -> tuple[int, int]:
    """From a start tag to the next end tag of its name."""
    if tag[1] or tag[3].endswith(b"/"):
        return tag.span()
    end = content.find(b"</" + tag[2] + b">", tag.end())
    return (tag.start(), tag.end() if end < 0 else end + len(tag[2]) + 3)


def as_json(dice: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Parts of JSON that go, come twice, become another kind; numbers and nests without end; any bytes."""
    if dice.random() < 0.2:
        return any_bytes(dice, seeds)
    lines = dice.choice(seeds).splitlines() or [b""]
    try:
        whole = [json.loads(dice.choice(seeds))]
        is_lines = False
    except ValueError:
        whole, is_lines = [json.loads(line) for line in lines if line.strip()], True
    for _ in range(dice.choice((1, 1, 2, 4))):
        places = list(_places(whole))
        holder, key = dice.choice(places)
        if dice.random() < 0.2:
            del holder[key]
        elif dice.random() < 0.2:
            other, other_key = dice.choice(places)
            if other_key in other if isinstance(other, dict) else other_key < len(other):
                holder[key] = json.loads(json.dumps(other[other_key]))
        else:
            holder[key] = dice.choice((
                None, True, False, 0, -1, 1.5, 1e308, float("nan"), float("inf"), 10**30, 2**63, "", [], {},
                [[]], {"": ""}, [None], "\ud800", *_ODD,
            ))  # fmt: skip
        if not places or not any(True for _ in _places(whole)):
            break
    made = (b"\n" if is_lines else b"").join(
        json.dumps(part, ensure_ascii=dice.random() < 0.9).encode("utf-8", "surrogatepass") for part in whole
    )
    if dice.random() < 0.03:
        deep = dice.choice((500, 5000, 100_000))
        made = (
            b"[" * deep + made + b"]" * deep if dice.random() < 0.5 else b'{"a":' * deep + b"1" + b"}" * deep
        )
    if dice.random() < 0.03:
        made = made.replace(b"1", b"1" * 5000, 1)
    return made + (b"\n" if is_lines else b"")


def _places(value: Any) -> "list[tuple[Any, Any]]":
    places = []
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            places.append((value, key))
            places += _places(part)
    return places


_TOKEN = re.compile(rb"[^\s,;=\[\]{}\"'|]+|[,;=\[\]{}\"'\t\n|]")


def tokens(dice: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Words, marks, numbers of a text (TOML, tables, PDF) that go, come twice, change place, are odd."""
    if dice.random() < 0.25:
        return any_bytes(dice, seeds)
    content = dice.choice(seeds)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        parts = list(_TOKEN.finditer(content))
        if not parts:
            break
        one, other = dice.choice(parts), dice.choice(parts)
        new = dice.choice((
            b"", one[0] * 2, other[0], dice.choice(_ODD_BYTES), b"\t", b"\n", b'"', b"[" * 3000, b"{", b"[[",
            b"]]", b"'''", b"1979-05-27", b"true", b"-1", b"nan", b"1e400", b"<<", b">>", b"R", b"[a.b]",
        ))  # fmt: skip
        content = _put(content, one.span(), new)
    return content


def zips(inner: Mutate) -> Mutate:
    """Zips whose members are mutated by `inner`, renamed, doubled, left out, said to be larger; any bytes."""

    def mutate(dice: random.Random, seeds: Sequence[bytes]) -> bytes:
        if dice.random() < 0.4:
            return any_bytes(dice, seeds)
        with zipfile.ZipFile(io.BytesIO(dice.choice(seeds))) as old:
            members = [(info.filename, old.read(info)) for info in old.infolist()]
        chosen = dice.randrange(len(members))
        name, content = members[chosen]
        match dice.randrange(6):
            case 0:
                name = dice.choice(
                    (
                        "../x.xml",
                        "/x.xml",
                        "C:\\x.xml",
                        "a\\..\\..\\x.xml",
                        "x/",
                        "",
                        "a" * 300 + ".xml",
                        ".",
                        "nul\udcff.xml"[:3],
                    )
                )
            case 1:
                members.append((name, content))
            case 2:
                name = ""
            case _:
                content = inner(dice, [content])
        members[chosen] = (name, content)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as new:
            for each, held in members:
                if each or dice.random() < 0.5:
                    new._didModify = True  # type: ignore[attr-defined]
                    new.writestr(zipfile.ZipInfo(each or "x"), held)
        made = bytearray(packed.getvalue())
        if dice.random() < 0.2 and len(made) > 30:  # what the directory says of a member
            at = made.rfind(b"PK\1\2") + dice.randrange(46)
            made[at % len(made)] = dice.randrange(256)
        return bytes(made)

    return mutate
