import os
from pathlib import Path

import pytest

from tests.review.desks import Set, opened, set_up, write_page


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_the_listing_counts_and_orders(desk: Set) -> None:
    write_page(desk.root, "one/page-10")
    told = desk.client.get("/api/desk").json()
    assert [(book["name"], book["pages"]) for book in told["notebooks"]] == [("one", 3), ("two", 1)]
    assert told["me"] == {"name": "А. Б."}
    assert told["notebooks"][0]["counted"] == 0
    pages = desk.client.get(f"/api/notebooks/{told['notebooks'][0]['id']}/pages").json()
    assert [page["name"] for page in pages] == ["page-1", "page-2", "page-10"]
    assert all(page["lines"] == 12 and page["accepted"] == 0 and page["worth"] > 0 for page in pages)
    assert desk.client.get("/api/scheme").json() == {key: told[key] for key in told if key != "notebooks"}
    again = desk.client.get("/api/desk").json()["notebooks"][0]
    assert again["counted"] == 3
    assert again["expected_errors"] == pytest.approx(sum(page["expected_errors"] for page in pages), abs=0.01)


def test_ids_stay_from_day_to_day(desk: Set) -> None:
    assert opened(desk.root).first() == desk.first()


def test_links_that_lead_out_are_not_listed(desk: Set, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes((desk.root / "output/one/page-1.xml").read_bytes())
    (desk.root / "output/one/link.xml").symlink_to(secret)
    (desk.root / "output/ring.xml").symlink_to("ring.xml")
    (desk.root / "output/out").symlink_to(tmp_path)
    names = [page.name for book in desk.desk.notebooks() for page in book.pages]
    assert names == ["page-1", "page-2", "page-1"]
    page = desk.first()
    (desk.root / "output/one/page-1.xml").unlink()
    (desk.root / "output/one/page-1.xml").symlink_to(secret)
    assert desk.client.get(f"/api/pages/{page}").status_code == 404


def test_names_that_are_not_utf8_are_listed(desk: Set) -> None:
    odd = os.fsencode(desk.root / "output/one") + b"/\xff.xml"
    Path(os.fsdecode(odd)).write_bytes((desk.root / "output/one/page-1.xml").read_bytes())
    book = desk.desk.notebooks()[0].ident
    assert len(desk.client.get(f"/api/notebooks/{book}/pages").json()) == 3
