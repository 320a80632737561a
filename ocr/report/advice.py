"""Sentences that say what the figures mean for the work to come: keys of words, with their values."""

from collections import Counter

from ocr.evaluate.findings import Findings
from ocr.evaluate.lines import LineOutcome
from ocr.evaluate.scores import Report
from ocr.evaluate.wording import percent, whole

Sentence = tuple[str, dict[str, str]]

_MUCH = 0.25
"""A quarter of the errors is worth a sentence."""
_FEW_PAGES = 10
_OFTEN = 3
"""Times that are worth a sentence."""


def advice(report: Report, findings: Findings) -> list[Sentence]:
    """What to look at first; nothing when there are no errors."""
    errors = sum(stage.letters.errors for stage in findings.stages.values())
    sentences: list[Sentence] = []
    if errors:
        struck = sum(
            line.letters.errors for p in report.pages for line in p.lines if line.struck_line is not None
        )
        read = findings.stages[LineOutcome.READ].letters.errors
        if struck >= _MUCH * errors:
            sentences.append(("next.struck", {"n": percent(struck / errors, 0)}))
        elif errors - read >= _MUCH * errors:
            sentences.append(("next.lines", {"n": percent((errors - read) / errors, 0)}))
        else:
            sentences.append(("next.letters", {"n": percent(read / errors, 0)}))
        sentences += _commonest(report)
        sentences += _worst(report, errors)
        sentences += _spelling(report)
        sentences += _risk(findings)
    pages = findings.intervals[0].cer.pages if findings.intervals[0].cer else 0
    if 0 < pages < _FEW_PAGES:
        sentences.append(("next.few", {"n": whole(pages)}))
    return sentences


def _commonest(report: Report) -> list[Sentence]:
    """The letter, space or sign most often taken for another, left out or added in lines that were read."""
    pairs: Counter[tuple[str, str]] = Counter()
    for page in report.pages:
        for line in page.lines:
            if line.outcome not in {LineOutcome.MISSED, LineOutcome.INVENTED}:
                pairs.update(line.wrong)
    count, (truth, read) = max(((count, pair) for pair, count in pairs.items()), default=(0, ("", "")))
    if count < _OFTEN:
        return []
    key = "next.confusion" if truth and read else "next.lost" if truth else "next.added"
    shown = {"truth": truth.replace(" ", "␣"), "found": read.replace(" ", "␣")}
    return [(key, {"n": whole(count), **{name: sign for name, sign in shown.items() if sign}})]


def _worst(report: Report, errors: int) -> list[Sentence]:
    """How uneven the lines are."""
    lines = sorted((line.letters.errors for page in report.pages for line in page.lines), reverse=True)
    share = sum(lines[: len(lines) // 10]) / errors
    return [("next.worst", {"n": percent(share, 0)})] if len(lines) >= 20 and share >= _MUCH else []


def _risk(findings: Findings) -> list[Sentence]:
    """What reading the least sure words again would gain."""
    for level in findings.calibration:
        gain = level.reading
        if level.level == "word" and gain.found is not None:
            return [("next.risk", {"n1": percent(gain.read, 0), "n2": percent(gain.found, 0)})]
    return []


def _spelling(report: Report) -> list[Sentence]:
    """How many errors only spelling and signs make."""
    rates = {total.micro.profile: total.micro.letters.errors for total in report.totals}
    strict, reading = rates.get("strict"), rates.get("reading")
    if not strict or reading is None or strict - reading < _MUCH * strict:
        return []
    return [("next.profile", {"n": percent((strict - reading) / strict, 0)})]
