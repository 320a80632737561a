"""The report as one HTML file that stands alone: style, script, words and pictures are inside.

Nothing is asked of any other place; a content security policy in the file makes the browser hold to that.
"""

import json
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from ocr.evaluate.wording import LANGUAGES, catalogue
from ocr.report.markup import Content, HtmlWording, Markup, tag


def document(title: str, subtitle: Content, sections: list[tuple[str, Markup]], words: HtmlWording) -> str:
    """The whole file: the key of its title, a line about what was compared, and (key, content) of sections.

    The key of a section is its anchor, and `KEY.title` its name in words, `KEY.nav` its short name.
    """
    style, script = _static("report.css"), _static("report.js")
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    )
    texts = json.dumps(catalogue(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    links = [words.element("a", f"{key}.nav", href=f"#{key}") for key, _ in sections]
    body = [
        words.element("a", "skip", href="#main", class_="skip"),
        tag(
            "div",
            tag("div", tag("nav", *links, **words.label("contents")), _languages(words), _themes(words)),
            class_="bar ui",
        ),
        tag(
            "main",
            tag("header", words.element("h1", title), tag("p", subtitle, class_="meta")),
            *(_section(key, content, words) for key, content in sections),
            id="main",
        ),
        _raw("script", texts, type="application/json", id="words"),
        _raw("script", script),
    ]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content="tetradi"),
        tag("title", words.plain(title)),
        _raw("style", style),
    ]
    page = tag("html", tag("head", *head), tag("body", *body), lang=words.lang)
    return f"<!DOCTYPE html>\n{page.text}\n"


def _section(key: str, content: Markup, words: HtmlWording) -> Markup:
    title = words.element("h2", f"{key}.title", id=f"{key}-name") if key != "brief" else None
    return tag("section", title, content, id=key, aria_labelledby=f"{key}-name" if title else None)


def _languages(words: HtmlWording) -> Markup:
    names = {"en": "English", "ru": "Русский"}
    short = {"en": "EN", "ru": "РУ"}
    buttons = [
        tag("button", short[lang], type="button", data_lang=lang, title=names[lang], lang=lang,
            aria_label=names[lang], aria_pressed="true" if lang == words.lang else "false")
        for lang in LANGUAGES
    ]  # fmt: skip
    return tag("div", *buttons, class_="switch", role="group", **words.label("language"))


def _themes(words: HtmlWording) -> Markup:
    buttons = [
        words.element("button", f"theme.{theme}", type="button", data_dress=theme, aria_pressed="false")
        for theme in ("light", "dark")
    ]
    return tag("div", *buttons, class_="switch", role="group", **words.label("theme"))


def _raw(name: str, text: str, **attributes: str) -> Markup:
    """A style or script of ours: what is in them is not escaped, and is never a user's."""
    start = tag(name, **attributes).text.removesuffix(f"</{name}>")
    return Markup(f"{start}{text}</{name}>")


def _static(name: str) -> str:
    return files("ocr.report").joinpath("static", name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
