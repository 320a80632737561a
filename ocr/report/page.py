"""The report of an evaluation as an HTML file: sections put in order, the worst lines chosen."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, islice

from ocr.evaluate.findings import Findings
from ocr.evaluate.lines import LineOutcome
from ocr.evaluate.scores import Report
from ocr.evaluate.wording import whole
from ocr.report.cards import Card, ErrorKind, LinePicture, aligned_pairs, card, legend
from ocr.report.html import document
from ocr.report.markup import Content, HtmlWording, Markup, joined, tag
from ocr.report.parts import calibration
from ocr.report.sections import brief, how, letters, origins, pages

MOST_LINES = 400
"""So many of the worst lines stand in the report."""

_LONGEST = 1500
"""So many letters of a line are shown."""
_ORDER = ("brief", "stages", "letters", "trust", "pages", "groups", "against", "lines", "lint", "how")

LinePlace = tuple[int, int]
"""Number of the page, number of the line among the lines of the page."""


def worst(report: Report) -> list[LinePlace]:
    """The lines with most errors, the worst first; lines without errors are left out."""
    places = [
        (line.letters.errors, (p, n))
        for p, page in enumerate(report.pages)
        for n, line in enumerate(page.lines)
        if line.letters.errors
    ]
    return [place for _, place in sorted(places, key=lambda item: (-item[0], item[1]))[:MOST_LINES]]


def page(
    report: Report,
    findings: Findings,
    *,
    lang: str = "en",
    strips: Mapping[LinePlace, LinePicture] | None = None,
    hands: Mapping[str, str] | None = None,
    settings: Sequence[tuple[str, str]] = (),
    sides: tuple[str, str] = ("", ""),
    more: Mapping[str, Markup] | None = None,
) -> str:
    """The whole report.

    `strips`: pictures of lines; `hands`: the hand of a page by its name; `settings`: settings and versions;
    `sides`: what was compared; `more`: further sections by key (groups, against, lint).
    """
    words = HtmlWording(lang)
    subtitle = words.say("compared", truth=sides[0], found=sides[1])
    content = {
        "brief": brief(report, findings, words),
        "stages": origins(findings, words),
        "letters": letters(findings, words),
        "pages": pages(report, findings, words),
        "lines": _lines(report, words, strips or {}, hands or {}),
        "how": how(report, findings, words, settings),
        **(more or {}),
    }
    if findings.calibration:
        content["trust"] = calibration(findings.calibration, words)
    sections = [(key, content[key]) for key in _ORDER if key in content]
    return document("title.evaluation", subtitle, sections, words)


def _lines(
    report: Report, words: HtmlWording, strips: Mapping[LinePlace, LinePicture], hands: Mapping[str, str]
) -> Markup:
    starts = [0, *accumulate(len(scored.lines) for scored in report.pages)]
    cards = []
    for place in worst(report):
        scored = report.pages[place[0]]
        line = scored.lines[place[1]]
        pairs = list(islice(aligned_pairs(line, report.settings.letters), _LONGEST + 1))
        if len(pairs) > _LONGEST:  # a whole book on one line would stop any browser
            pairs[-1] = ("…", "…")
        cards.append(
            Card(
                scored.name,
                starts[place[0]] + place[1],
                line,
                pairs,
                len(scored.pair.leaves),
                hands.get(scored.name, ""),
                strips.get(place),
            )
        )
    if not cards:
        return words.element("p", "lines.none")
    pictures = words.element("p", "lines.pictures", {"n": str(len(strips))}, class_="quiet meta")
    if not strips:
        pictures = words.element("p", "lines.nopictures", class_="quiet meta")
    return joined(
        [
            words.element("p", "lines.told", {"n": str(len(cards)), "n1": whole(starts[-1])}),
            pictures,
            legend(words),
            words.element("p", "key.rows", class_="quiet meta"),
            _tools(cards, words),
            tag("div", *(card(shown, words) for shown in cards), id="lines-list"),
        ]
    )


def _tools(cards: Sequence[Card], words: HtmlWording) -> Markup:
    hint = {"placeholder": words.plain("find.hint"), "data_wp": "find.hint"}
    search = tag("input", type="search", id="search", **hint, autocomplete="off")
    met = {shown.line.outcome for shown in cards} - {LineOutcome.READ}
    fates = [fate for fate in LineOutcome if fate in met]
    anything = words.element("option", "find.any", value="")
    kinds = [
        words.element("option", f"{what}.{name}", value=name)
        for what, names in (("kind", ErrorKind), ("fate", fates))
        for name in names
    ]
    orders = [words.element("option", f"order.{key}", value=key) for key in ("errors", "rate", "place")]
    pages, hands = (
        [tag("option", name, value=name) for name in names]
        for names in (
            dict.fromkeys(shown.page for shown in cards),
            sorted({shown.hand for shown in cards if shown.hand}),
        )
    )
    tools: list[Content] = [
        tag("label", words.say("find.search"), search),
        _choice("by-page", "find.page", [anything, *pages], words),
        _choice("by-hand", "find.hand", [anything, *hands], words) if hands else None,
        _choice("by-kind", "find.kind", [anything, *kinds], words),
        _choice("order", "find.order", orders, words),
        words.element("button", "find.clear", type="button", id="clear"),
        tag("output", id="shown", aria_live="polite"),
    ]
    return tag("div", *tools, class_="tools ui", role="search")


def _choice(ident: str, key: str, options: Sequence[Markup], words: HtmlWording) -> Markup:
    return tag("label", words.say(key), tag("select", *options, id=ident))
