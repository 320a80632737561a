import re
from pathlib import Path

import pytest

from tests.review.desks import Set, set_up


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_a_page_that_is_no_tei_says_so(desk: Set) -> None:
    page = desk.first()
    (desk.root / "output/one/page-1.xml").write_text("<TEI")
    answer = desk.client.get(f"/api/pages/{page}")
    assert answer.status_code == 422
    assert "well-formed" in answer.json()["error"]
    (desk.root / "output/one/page-1.xml").unlink()
    assert desk.client.get(f"/api/pages/{page}").status_code == 404
    assert desk.client.get("/api/pages/0123456789abcdef").status_code == 404


def _forget_digest(record: Path) -> None:
    text = record.read_text("utf-8")
    record.write_text(re.sub(r'<idno type="sha256">[^<]*</idno>', "", text), "utf-8")


def test_a_damaged_scan_is_told_of(desk: Set) -> None:
    _forget_digest(desk.root / "output/one/page-1.xml")
    (desk.root / "scans/one/page-1.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    answer = desk.client.get(f"/tiles/{desk.first()}.json")
    assert answer.status_code == 404
    assert "damaged" in answer.json()["error"]
