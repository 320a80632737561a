"""HTML of the site, built as elements, so that nothing of a record is ever taken for markup."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lxml import etree

from ocr.text import printable

Child = etree._Element | str | None
SITE_LANGUAGE = "en"
"""Which words stand in the files; the script puts those of the reader's language in their place."""
_POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; "
    "form-action 'self' file:; base-uri 'none'"
)
"""Nothing is asked of any other place. Browsers do not take 'self' for files opened from the disk."""


@cache
def static(name: str) -> bytes:
    """A file of the site that is the same for all."""
    return files("ocr.exports").joinpath("static", name).read_bytes()


@cache
def _words() -> dict[str, str]:
    words: dict[str, str] = json.loads(static("site_words.json"))[SITE_LANGUAGE]
    return words


def e(name: str, /, *children: Child, **attributes: str | int | bool | None) -> etree._Element:
    """An element. `class_` and `for_` lose their stroke, other strokes become hyphens; None is left out."""
    element = etree.Element(name)
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        name_of = key.rstrip("_").replace("_", "-")
        element.set(name_of, "" if value is True else printable(str(value)))
    add(element, *children)
    return element


def add(element: etree._Element, *children: Child) -> None:
    """Puts elements and texts at the end of an element."""
    for child in children:
        if isinstance(child, str):
            text = printable(child)
            if len(element):
                element[-1].tail = (element[-1].tail or "") + text
            else:
                element.text = (element.text or "") + text
        elif child is not None:
            element.append(child)


def wording(key: str, values: Mapping[str, str | int] | None = None) -> str:
    """Words of the interface with their values; a number `n` chooses among forms parted by "|"."""
    text, values = _words()[key], values or {}
    forms = text.split("|")
    text = forms[0 if values.get("n") == 1 else -1]
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def say(
    name: str, key: str, /, *, values: Mapping[str, str | int] | None = None, **attributes: str | int | None
) -> etree._Element:
    """An element with words of the interface, which the script knows again."""
    filled = json.dumps(values, ensure_ascii=False) if values else None
    return e(name, wording(key, values), data_t=key, data_v=filled, **attributes)


def labelled(key: str) -> dict[str, str]:
    """The attributes that name an element in words of the interface, for ears."""
    return {"aria_label": wording(key), "data_t_label": key}


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a file of the site lies."""

    up: str
    """The way from it to the first page: empty, or ../ as often as need be."""
    view: str
    """What it is, as the style knows it."""


def document(frame: Frame, title: str, scripts: tuple[str, ...], *main: Child) -> bytes:
    """A whole file: its head, the bar that all have, what is on it."""
    up = frame.up
    named = title or wording("site")
    head = e(
        "head",
        e("meta", charset="utf-8"),
        e("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", name="generator", content="tetradi"),
        e("title", named, data_t=None if title else "site"),
        e("link", rel="icon", href=f"{up}site/icon.svg", type="image/svg+xml"),
        e("link", rel="stylesheet", href=f"{up}site/site.css"),
        *(e("script", src=f"{up}{name}", defer=True) for name in ("site/words.js", "site/site.js", *scripts)),
    )
    search = e(
        "form",
        e(
            "input",
            type="search",
            name="q",
            id="q",
            autocomplete="off",
            lang="ru",
            **labelled("search_words"),
        ),
        say("button", "search", type="submit"),
        action=f"{up}search.html",
        role="search",
    )
    languages = e(
        "div",
        *(
            e("button", short, type="button", lang=lang, title=name, data_language=lang, aria_pressed="false")
            for lang, short, name in (("en", "EN", "English"), ("ru", "РУ", "Русский"))
        ),
        class_="switch",
        role="group",
        **labelled("language"),
    )
    theme = e("button", "◐", type="button", id="theme", class_="tool", **labelled("theme"))
    bar = e(
        "header",
        say("a", "site", href=f"{up}index.html", class_="home"),
        search,
        e("div", languages, theme, class_="look"),
        class_="bar",
    )
    body = e(
        "body",
        say("a", "skip", href="#main", class_="skip"),
        bar,
        e("main", *main, id="main", tabindex="-1"),
        class_=frame.view,
        data_up=up,
    )
    html = e("html", head, body, lang=SITE_LANGUAGE)
    return etree.tostring(html, method="html", encoding="unicode", doctype="<!DOCTYPE html>").encode() + b"\n"
