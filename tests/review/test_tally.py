from pathlib import Path

import pytest

from ocr.corrections.view import view
from ocr.review.tally import of_view, quick_tally
from tests.review.desks import Set, opened, set_up
from tests.review.test_writing import _correct, _page, _send


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_unread_places_do_not_count_to_the_last_line(desk: Set) -> None:
    record = desk.root / "output/one/page-1.xml"
    inner, end, rest = record.read_text("utf-8").rpartition("</div>")
    record.write_text(f'{inner}<gap reason="unread" facs="#s1_u1"/>{end}{rest}', "utf-8")
    assert quick_tally(record.read_bytes()) == of_view(view(record.read_bytes()))


def test_the_tally_of_a_glance_is_that_of_the_page(desk: Set) -> None:
    page = _page(desk)
    _send(desk, page["etag"], _correct(page, 1, 0, "позволено"), {"change": "AcceptLine", "line": "s1_r1_l3"})
    fresh = opened(desk.root)
    book = fresh.desk.notebooks()[0].ident
    glanced = fresh.client.get(f"/api/notebooks/{book}/pages").json()[0]
    _page(fresh)
    parsed = fresh.client.get(f"/api/notebooks/{book}/pages").json()[0]
    exact = ("state", "lines", "accepted", "expected_errors")
    assert [glanced[key] for key in exact] == [parsed[key] for key in exact]
    assert glanced["seconds"] == pytest.approx(parsed["seconds"], rel=0.01)
