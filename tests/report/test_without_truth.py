"""Pages of evaluations without a truth."""

from pathlib import Path

from ocr.evaluate.agreement import agreement
from ocr.evaluate.bootstrap import Range
from ocr.evaluate.estimate import Estimate, PageEstimate
from ocr.report.without_truth import agreement_page, estimate_page
from tests.report.test_html import HOSTILE, Reader


def test_an_estimate_says_whether_its_doubt_was_measured() -> None:
    sure = Range(0.1, 0.05, 0.2)
    page = PageEstimate(HOSTILE[0], 3, 9, 0, 0, sure, sure)
    nothing = PageEstimate("b", 3, 9, 3, 0, None, None)

    def shown(cer: Range | None, measured: int) -> str:
        run = Estimate(0.95, 1, 100, measured, cer, cer, (nothing, page), ())
        text = estimate_page(run, HOSTILE[1], [("seed", "1")], "en")
        read = Reader(text)
        assert (read.open, read.handlers) == ([], [])
        return text

    assert 'data-w="estimate.none"' in shown(None, 0)
    assert 'data-w="estimate.assumed"' in shown(sure, 0)
    assert 'data-w="estimate.measured"' in shown(sure, 7)


def test_two_transcribers_see_where_they_differ(tmp_path: Path) -> None:
    for side, text in (("a", "раз два"), ("b", "рас два")):
        (tmp_path / f"{side}.txt").write_text(text, "utf-8")
    agreed = agreement(tmp_path / "a.txt", tmp_path / "b.txt", draws=100)
    text = agreement_page(agreed, ("a", "b"), [], "ru")
    assert '<html lang="ru">' in text
    assert "14,29\u202f%" in text
    assert '<th scope="row">з</th><td>с</td>' in text
