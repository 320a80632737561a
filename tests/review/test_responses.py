from pathlib import Path

import pytest

from tests.review.desks import Set, set_up
from tests.review.test_writing import _correct, _page, _send


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_a_read_only_file_is_told_at_once(desk: Set) -> None:
    page = _page(desk)
    record = desk.root / "output/one/page-1.xml"
    record.chmod(0o444)
    assert _page(desk)["read_only"]
    answer = _send(desk, page["etag"], _correct(page, 0, 0, "Мой"))
    assert answer.status_code == 423
    assert "read-only" in answer.json()["error"]


def test_a_full_disk_is_told(desk: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page(desk)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    answer = _send(desk, page["etag"], _correct(page, 0, 0, "Мой"))
    monkeypatch.undo()
    assert answer.status_code == 507
    assert _page(desk)["etag"] == page["etag"]
    assert _send(desk, page["etag"], _correct(page, 0, 0, "Мой")).status_code == 200
