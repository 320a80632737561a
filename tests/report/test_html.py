"""The report as a page: nothing of a user's becomes markup, everything is said in two languages."""

import re
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.evaluate.findings import find
from ocr.evaluate.pair import PageText, Pair
from ocr.evaluate.scores import EvaluateSettings, Report, score_page
from ocr.evaluate.wording import catalogue
from ocr.report.cards import LinePicture
from ocr.report.page import page, worst

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><svg onload=alert(1)>",
    "&lt;b&gt; ]]> <!-- -->",
    "'\" onmouseover=alert(1) x='",
    "\u202egnp.exe \x00\x1b[31m",
)


VOID = {"meta", "input", "img", "br", "hr"}


class Reader(HTMLParser):
    """The elements of a page, in order, and whether they nest."""

    def __init__(self, held: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.handlers: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(held)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "action", "srcset"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def report(*pages: tuple[str, str, str]) -> Report:
    path = (Path("p.txt"),)
    pairs = [Pair(name, PageText(path, (t,)), PageText(path, (f,))) for name, t, f in pages]
    return Report(EvaluateSettings(), tuple(score_page(one, EvaluateSettings()) for one in pairs))


def shown(held: Report, lang: str = "en", sides: tuple[str, str] = ("a", "b"), **strips: LinePicture) -> str:
    pictures = dict.fromkeys(worst(held), next(iter(strips.values()))) if strips else {}
    return page(held, find(held, draws=100), lang=lang, sides=sides, strips=pictures)


def test_text_never_becomes_markup() -> None:
    plain = Reader(shown(report(("p", "\n".join("x" * len(HOSTILE)), "y"))))
    for text in HOSTILE:
        held = shown(report((text, f"{text}\nдва", f"a {text}")), sides=(text, text))
        read = Reader(held)
        assert read.open == []
        assert read.handlers == []
        assert set(read.names) <= set(plain.names)
        assert read.names.count("script") == 2
        assert all(link.startswith(("#", "data:image/jpeg;base64,")) for link in read.links)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=6), st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=3
    )
)
def test_whatever_is_written_the_page_nests(pages: list[tuple[str, str, str]]) -> None:
    read = Reader(shown(report(*((f"{n}{name}", t, f) for n, (name, t, f) in enumerate(pages)))))
    assert read.open == []
    assert read.handlers == []


def test_the_file_asks_nothing_of_any_other_place() -> None:
    held = shown(report(("p", "раз", "рез")), picture=LinePicture(b"\xff\xd8"))
    assert "default-src &#x27;none&#x27;" in held
    assert not re.findall(r"https?:|url\(|@import|<link", held)
    assert 'src="data:image/jpeg;base64,/9g="' in held


def test_every_key_that_a_page_names_is_known() -> None:
    held = shown(report(("p", "раз\nдва ѣ", "рез")))
    assert set(re.findall(r'data-w[lp]?="([^"]+)"', held)) <= catalogue().keys()


def test_both_languages_and_the_page_of_no_errors() -> None:
    same = report(("p", "раз", "раз"))
    assert '<html lang="ru">' in shown(same, "ru")
    assert "Ни в одной строке нет ошибок" in shown(same, "ru")
    assert "There is no error in any line" in shown(same)


def test_an_empty_truth_has_no_rate() -> None:
    held = shown(report(("p", "", "кляксы")))
    assert ">–<" in held
    assert "nan" not in re.sub(r"<script.*?</script>", "", held, flags=re.DOTALL).lower()
