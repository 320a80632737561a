"""The sections of the report that every evaluation has: in brief, where errors come from, letters, pages."""

from collections.abc import Sequence

from ocr.evaluate.bootstrap import Interval
from ocr.evaluate.findings import Findings
from ocr.evaluate.lines import LineOutcome
from ocr.evaluate.markup import Content, Markup, joined, tag
from ocr.evaluate.measures import normalised
from ocr.evaluate.scores import Report
from ocr.evaluate.wording import Wording, percent, whole
from ocr.report import cell
from ocr.report.advice import advice
from ocr.report.plots import Bar, by_position, confusion, forest, pages_curve, stages, swatch

_MANY_PAGES = 60
"""More pages are drawn as a curve."""
_MOST_PAGES = 500
"""More rows make a table that nobody reads."""
_MOST_CONFUSIONS = 60


def figure(key: str, drawing: Markup, words: Wording) -> Markup:
    """A plot under its name and a sentence on how to read it."""
    caption = tag("figcaption", words.element("b", f"{key}.caption"), words.element("small", f"{key}.small"))
    # a drawing wider than the window scrolls, so it must be reached by keyboard
    return tag("figure", caption, tag("div", drawing, class_="wide"))


def brief(report: Report, found: Findings, words: Wording) -> Markup:
    """The rates with their intervals, what they say, and the profiles side by side."""
    strict, sure = report.totals[0].micro, found.sure[0]
    heads = [
        _head(
            "head.cer",
            strict.cer,
            sure.cer,
            words,
            "head.letters",
            strict.letters.errors,
            strict.letters.truth,
        ),
        _head("head.wer", strict.wer, sure.wer, words, "head.words", strict.words.errors, strict.words.truth),
        _head(
            "head.lines",
            found.lines.accuracy,
            None,
            words,
            "head.oflines",
            found.lines.right,
            found.lines.truth,
        ),
    ]
    told = [words.element("li", key, values) for key, values in advice(report, found)]
    said = [words.element("li", key, values) for key, values in report.said]
    return joined(
        [
            tag("div", *heads, class_="heads"),
            words.element("p", "head.strict", class_="quiet meta"),
            tag("div", words.element("h3", "says.title"), tag("ul", *told), class_="next") if told else None,
            tag("div", words.element("h3", "remarks"), tag("ul", *said), class_="next") if said else None,
            words.element("h3", "profiles"),
            words.element("p", "profiles.told", class_="quiet meta"),
            _profiles(report, found, words),
            words.element("h3", "more"),
            _measures(report, found, words),
        ]
    )


def _head(
    key: str, rate: float | None, sure: Interval | None, words: Wording, counts: str, part: int, all_: int
) -> Markup:
    between = None
    if sure is not None:
        between = words.element(
            "div", "head.range", {"n1": percent(sure.low), "n2": percent(sure.high)}, class_="range"
        )
    return tag(
        "div",
        words.element("div", key, class_="ui"),
        words.number(percent(rate), "b"),
        between,
        words.element("div", counts, {"n": whole(part), "n1": whole(all_)}, class_="quiet meta"),
        class_="head",
    )


def _profiles(report: Report, found: Findings, words: Wording) -> Markup:
    """Letters, then words: a row for each profile."""
    tables: list[Content] = []
    for unit, of in (("col.cer", "col.letters"), ("col.wer", "col.words")):
        heads = (
            "col.profile", f"{unit}#", "col.interval", "col.errors#", f"{of}#", "col.macro#",
            "col.sub#", "col.del#", "col.ins#",
        )  # fmt: skip
        rows = []
        for total, sure in zip(report.totals, found.sure, strict=True):
            is_letters = unit == "col.cer"
            held = total.micro.letters if is_letters else total.micro.words
            rows.append(
                [
                    cell.name(total.micro.profile),
                    cell.rate(held.rate, words),
                    _span(sure.cer if is_letters else sure.wer, words),
                    cell.count(held.errors),
                    cell.count(held.truth),
                    cell.rate(total.macro_cer if is_letters else total.macro_wer, words),
                    cell.count(held.substitutions),
                    cell.count(held.deletions),
                    cell.count(held.insertions),
                ]
            )
        tables.append(cell.table(heads, rows, words))
    return joined(tables)


def _measures(report: Report, found: Findings, words: Wording) -> Markup:
    """What one rate hides, each with its counts."""
    counts = report.totals[0].micro.letters
    capped, bag = normalised(counts), found.bags[0]
    rows = [
        ("measure.capped", capped, f"{whole(counts.errors)} / {whole(counts.hits + counts.errors)}"),
        ("measure.flex", found.free.accuracy, f"1 − {whole(found.free.errors)} / {whole(found.free.truth)}"),
        ("measure.bagrecall", bag.recall, f"{whole(bag.shared)} / {whole(bag.truth)}"),
        ("measure.bagprecision", bag.precision, f"{whole(bag.shared)} / {whole(bag.found)}"),
        ("measure.bagf1", bag.f1, f"2 × {whole(bag.shared)} / {whole(bag.truth + bag.found)}"),
    ]
    cells = [
        [cell.name(words.say(key)), cell.rate(value, words), cell.text(told, class_="r")]
        for key, value, told in rows
    ]
    return cell.table(("col.measure", "col.value#", "col.counts#"), cells, words)


def _span(sure: Interval | None, words: Wording) -> Markup:
    return cell.span(sure.low, sure.high, words) if sure else cell.span(None, None, words)


def origins(found: Findings, words: Wording) -> Markup:
    """Loss by stage, and errors along the line."""
    held = found.loss.stages
    total = sum(one.letters.errors for one in held.values())
    parts = [(f"stage.{fate}", held[fate].letters.errors) for fate in LineOutcome]
    rows = [
        [
            cell.name(joined([swatch(place), words.say(f"stage.{fate}")])),
            cell.count(held[fate].lines),
            cell.count(held[fate].letters.errors),
            cell.rate(held[fate].letters.errors / total if total else None, words, 1),
        ]
        for place, fate in enumerate(LineOutcome)
    ]
    heads = ("col.stage", "col.lines#", "col.errors#", "col.share#")
    return joined(
        [
            figure("stages", stages(parts, words), words),
            tag(
                "div",
                cell.table(heads, rows, words),
                figure("position", by_position(found.position, words), words),
                class_="two",
            ),
        ]
    )


def letters(found: Findings, words: Wording) -> Markup:
    """The matrix of confusions, and the commonest of them as a table."""
    commonest = sorted(found.confusions.pairs.items(), key=lambda pair: (-pair[1], pair[0]))[
        :_MOST_CONFUSIONS
    ]
    rows = [
        [
            cell.name(_letter(truth)),
            cell.text(_letter(read)),
            cell.count(count),
            cell.count(found.confusions.frequency[truth]) if truth else tag("td"),
            cell.rate(found.confusions.rate(truth, read), words, 1),
        ]
        for (truth, read), count in commonest
    ]
    heads = ("col.truth", "col.found", "col.times#", "col.often#", "col.share#")
    return joined(
        [
            figure("confusion", confusion(found.confusions.pairs, found.confusions.frequency, words), words),
            tag(
                "details",
                words.element("summary", "confusion.table"),
                cell.table(heads, rows, words, sortable=True),
            ),
            _old(found, words) if found.old else None,
        ]
    )


def _old(found: Findings, words: Wording) -> Markup:
    rows = [
        [
            cell.name(one.letter),
            cell.count(one.kept),
            cell.count(one.lost),
            cell.rate(one.preserved, words, 1),
            cell.count(one.invented),
            cell.text(", ".join(f"{_letter(to)} {count}" for to, count in one.became.most_common(6))),
        ]
        for one in found.old
    ]
    heads = ("col.letter", "col.kept#", "col.lost#", "col.share#", "col.invented#", "col.became")
    return figure("old", cell.table(heads, rows, words), words)


def _letter(letter: str) -> str:
    return {"": "∅", " ": "␣"}.get(letter, letter)


def pages(report: Report, found: Findings, words: Wording) -> Markup:
    """CER by page, drawn and as a table."""
    order = sorted(range(len(report.pages)), key=lambda at: -_worth(report.pages[at].scores[0].cer))
    bars = [_bar(report, found, at) for at in order]
    mean = report.totals[0].micro.cer
    drawing = pages_curve(bars, words)
    if len(bars) <= _MANY_PAGES:
        drawing = forest(bars, words, "plot.bypage", mean=mean)
    heads = (
        "col.page", "col.cer#", "col.interval", "col.errors#", "col.letters#", "col.wer#", "col.errors#",
        "col.words#", "col.sub#", "col.del#", "col.ins#",
    )  # fmt: skip
    rows = []
    for at in order[:_MOST_PAGES]:
        page = report.pages[at]
        one = page.scores[0]
        rows.append(
            [
                cell.name(page.name),
                cell.rate(one.cer, words),
                _span(found.pages[at], words),
                cell.count(one.letters.errors),
                cell.count(one.letters.truth),
                cell.rate(one.wer, words),
                cell.count(one.words.errors),
                cell.count(one.words.truth),
                cell.count(one.letters.substitutions),
                cell.count(one.letters.deletions),
                cell.count(one.letters.insertions),
            ]
        )
    few = None
    if len(order) > _MOST_PAGES:
        few = words.element(
            "p", "pages.few", {"n": str(_MOST_PAGES), "n1": whole(len(order))}, class_="quiet"
        )
    return joined([figure("pages", drawing, words), few, cell.table(heads, rows, words, sortable=True)])


def _worth(rate: float | None) -> float:
    return -1.0 if rate is None else rate


def _bar(report: Report, found: Findings, at: int) -> Bar:
    one, sure = report.pages[at].scores[0], found.pages[at]
    low, high = (sure.low, sure.high) if sure else (None, None)
    return Bar(report.pages[at].name, one.cer, low, high, one.letters.truth)


def how(report: Report, found: Findings, words: Wording, told: Sequence[tuple[str, str]]) -> Markup:
    """Definitions, rules of the profiles and of TEI, settings, versions; `told`: settings by name."""
    keys: list[tuple[str, dict[str, str]]] = [
        ("how.cer", {}),
        ("how.wer", {}),
        ("how.micro", {}),
        ("how.interval", {"n": whole(found.draws), "n1": str(found.seed)}),
        ("how.empty", {}),
    ]
    profiles = []
    for profile in report.profiles:
        rules = [_rule(rule, words) for rule in profile.told]
        held = [part for rule in rules for part in ("; ", rule)][1:]
        profiles += [tag("dt", profile.name), tag("dd", *held)]
    facts = [part for name, value in told for part in (tag("dt", name), tag("dd", value))]
    return joined(
        [
            tag("ul", *(words.element("li", key, values) for key, values in keys)),
            words.element("h3", "how.profiles"),
            tag("dl", *profiles, class_="facts"),
            words.element("h3", "how.settings"),
            tag("dl", *facts, class_="facts"),
        ]
    )


def _rule(rule: str, words: Wording) -> Content:
    """A rule of ours in both languages; a user's own as it was told."""
    return words.say(f"rule:{rule}") if words.knows(f"rule:{rule}") else rule
