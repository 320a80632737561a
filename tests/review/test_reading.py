import io
import os
import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr.review import desk as room
from ocr.review.tally import quick_tally
from ocr.text import fit_for_xml, squeeze
from tests.review.desks import HOST, Set, opened, set_up, write_page


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


def test_what_was_counted_once_is_not_counted_again(desk: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    desk.desk.count_all(never)
    counted: list[bytes] = []

    def counting(held: bytes) -> object:
        counted.append(held)
        return quick_tally(held)

    monkeypatch.setattr(room, "quick_tally", counting)
    told = desk.client.get("/api/desk").json()["notebooks"]
    again = opened(desk.root)
    again.desk.count_all(never)
    assert counted == []
    assert again.client.get("/api/desk").json()["notebooks"] == told
    record = desk.root / "output/one/page-1.xml"
    record.write_bytes(record.read_bytes() + b"<!-- . -->")
    (desk.root / "output/two/.review-figures.json").write_bytes(b"{")
    opened(desk.root).desk.count_all(never)
    assert len(counted) == 2


def test_what_killed_programs_left_is_swept_and_work_of_others_is_not(desk: Set) -> None:
    old, young = (desk.root / "output/one" / f".tetradi-part-{name}" for name in ("old", "young"))
    for part in (old, young):
        part.write_bytes(b"<TEI")
    os.utime(old, (1, 1))
    desk.desk.count_all(threading.Event())
    assert not old.exists()
    assert young.exists()


def test_ids_stay_from_day_to_day(desk: Set) -> None:
    assert opened(desk.root).first() == desk.first()


def test_a_page_tells_lines_and_words(desk: Set) -> None:
    answer = desk.client.get(f"/api/pages/{desk.first()}")
    page = answer.json()
    assert answer.headers["etag"] == page["etag"]
    assert (page["state"], page["scan"]["missing"], page["read_only"]) == ("draft", False, False)
    first = page["lines"][0]
    assert first["machine"] == "Въ исходѣ года отставному учителю"
    assert [token["text"] for token in first["tokens"]] == first["machine"].split()
    assert first["tokens"][3]["cert"] == 0.45
    assert first["state"] == "draft"
    kept = desk.client.get(f"/api/pages/{desk.first()}", headers={"If-None-Match": page["etag"]})
    assert kept.status_code == 304


def test_words_lie_on_their_line_in_the_strip(desk: Set) -> None:
    line = desk.client.get(f"/api/pages/{desk.first()}").json()["lines"][0]
    a, b, c, d, e, f = line["strip"]["to"]
    left, top, right, bottom = line["tokens"][0]["box"]
    corners = [(a * x + b * y + c, d * x + e * y + f) for x, y in ((left, top), (right, bottom))]
    assert all(0 <= x <= line["strip"]["width"] and 0 <= y <= line["strip"]["height"] for x, y in corners)
    answer = desk.client.get(f"/strips/{desk.first()}/{line['id']}.jpg?h={line['strip']['height']}")
    strip = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert strip.shape[:2] == (line["strip"]["height"], line["strip"]["width"])
    inside = strip[int(corners[0][1]) : int(corners[1][1]), int(corners[0][0]) : int(corners[1][0])]
    assert inside.min() < 100 < strip[0].min()


def test_tiles_put_together_are_the_scan(desk: Set) -> None:
    told = desk.client.get(f"/tiles/{desk.first()}.json").json()
    scan = np.asarray(Image.open(desk.root / "scans/one/page-1.png"))
    assert (told["height"], told["width"]) == scan.shape
    assert told["same_size"]
    side, seam = told["tile"], told["overlap"]
    for x in range(-(-told["width"] // side)):
        for y in range(-(-told["height"] // side)):
            place = told["url"].format(level=told["max_level"], x=x, y=y)
            answer = desk.client.get(place)
            assert "immutable" in answer.headers["cache-control"]
            tile = np.asarray(Image.open(io.BytesIO(answer.content)))
            cut = scan[max(y * side - seam, 0) : (y + 1) * side + seam,
                       max(x * side - seam, 0) : (x + 1) * side + seam]  # fmt: skip
            assert tile.shape == cut.shape
            assert np.abs(tile.astype(int) - cut).mean() < 4
    for level in range(told["max_level"]):
        assert desk.client.get(told["url"].format(level=level, x=0, y=0)).status_code == 200
    assert desk.client.get(told["url"].format(level=told["max_level"], x=9, y=9)).status_code == 404


def test_the_queue_begins_with_what_is_worth_most(desk: Set) -> None:
    for book in desk.desk.notebooks():
        desk.client.get(f"/api/notebooks/{book.ident}/pages")
    queue = desk.client.get("/api/queue?n=7").json()
    worths = [one["worth"] for one in queue]
    assert len(queue) == 7
    assert worths == sorted(worths, reverse=True)
    every = desk.client.get("/api/queue?n=500").json()
    assert len(every) == 36
    assert [one["worth"] for one in every[:7]] == worths
    for wrong in ("0", "501", "-1", "x", "1" * 5000, "٣"):
        assert desk.client.get("/api/queue", params={"n": wrong}).status_code == 400


def test_a_scan_outside_the_folders_is_not_shown(desk: Set, tmp_path: Path) -> None:
    scan = desk.root / "scans/one/page-1.png"
    outside = tmp_path / "secret.png"
    scan.rename(outside)
    (desk.root / "scans/two/page-1.png").unlink()  # the same drawing
    page = desk.first()
    assert desk.client.get(f"/tiles/{page}.json").status_code == 404
    # records may come from anybody, and links with them: only the folders of scans are the user's word
    (desk.root / "output/one/page-1.png").symlink_to(outside)
    assert desk.client.get(f"/tiles/{page}.json").status_code == 404
    assert desk.client.get(f"/strips/{page}/s1_r1_l1.jpg").status_code == 404
    assert desk.client.get(f"/api/pages/{page}").json()["scan"]["missing"]
    record = desk.root / "output/one/page-1.xml"
    for name in ("../../secret.png", "/etc/passwd", "..", "secret.png\\", "a" * 5000):
        record.write_text(record.read_text("utf-8").replace(">page-1.png<", f">{name}<"), "utf-8")
        assert desk.client.get(f"/tiles/{page}.json").status_code == 404
        record.write_text(record.read_text("utf-8").replace(f">{name}<", ">page-1.png<"), "utf-8")


@pytest.mark.parametrize("linked", ["file", "folder", "chain"])
def test_scans_that_the_user_linked_into_the_folder_are_shown(desk: Set, tmp_path: Path, linked: str) -> None:
    elsewhere = tmp_path / "disk of the archive"
    (desk.root / "scans/one").rename(elsewhere)
    (desk.root / "scans/two/page-1.png").unlink()  # the same drawing
    if linked == "file":
        (desk.root / "scans/one").mkdir()
        (desk.root / "scans/one/page-1.png").symlink_to(elsewhere / "page-1.png")
    elif linked == "folder":
        (desk.root / "scans/opis-2").symlink_to(elsewhere)
    else:
        (tmp_path / "between").symlink_to(elsewhere)
        (desk.root / "scans/one").symlink_to(tmp_path / "between")
    again = opened(desk.root)
    page = again.first()
    assert not again.client.get(f"/api/pages/{page}").json()["scan"]["missing"]
    assert again.client.get(f"/tiles/{page}.json").status_code == 200
    assert again.client.get(f"/strips/{page}/s1_r1_l1.jpg").status_code == 200
    record = desk.root / "output/one/page-1.xml"
    _forget_digest(record)
    for name in ("../../disk of the archive/x.png", "..", "../secret.png"):
        (tmp_path / "secret.png").write_bytes((elsewhere / "page-1.png").read_bytes())
        record.write_text(record.read_text("utf-8").replace(">page-1.png<", f">{name}<"), "utf-8")
        assert again.client.get(f"/tiles/{page}.json").status_code == 404
        record.write_text(record.read_text("utf-8").replace(f">{name}<", ">page-1.png<"), "utf-8")


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


def test_a_page_that_is_no_tei_says_so(desk: Set) -> None:
    page = desk.first()
    (desk.root / "output/one/page-1.xml").write_text("<TEI")
    answer = desk.client.get(f"/api/pages/{page}")
    assert answer.status_code == 422
    assert "well-formed" in answer.json()["error"]
    (desk.root / "output/one/page-1.xml").unlink()
    assert desk.client.get(f"/api/pages/{page}").status_code == 404
    assert desk.client.get("/api/pages/0123456789abcdef").status_code == 404


def test_a_replaced_scan_is_read_anew(desk: Set) -> None:
    page = desk.first()
    _forget_digest(desk.root / "output/one/page-1.xml")
    before = desk.client.get(f"/tiles/{page}.json").json()
    Image.new("L", (300, 200), 255).save(desk.root / "scans/one/page-1.png")
    after = desk.client.get(f"/tiles/{page}.json").json()
    assert (after["width"], after["height"]) == (300, 200)
    assert after["url"] != before["url"]
    assert not after["same_size"]


def _forget_digest(record: Path) -> None:
    text = record.read_text("utf-8")
    record.write_text(re.sub(r'<idno type="sha256">[^<]*</idno>', "", text), "utf-8")


def test_another_scan_of_the_same_name_is_not_shown(desk: Set) -> None:
    """Two notebooks, each with a page-1.png of the same size: the sha256 decides which is this page's."""
    right, page = desk.root / "scans/one/page-1.png", desk.first()
    own = right.read_bytes()
    (desk.root / "scans/two/page-1.png").unlink()  # the same drawing
    turned = Image.open(right).transpose(Image.Transpose.ROTATE_180)
    turned.save(right)
    told = desk.client.get(f"/api/pages/{page}").json()["scan"]
    assert (told["missing"], told["other"], told["version"]) == (True, True, None)
    for place in (f"/tiles/{page}.json", f"/tiles/{page}/0/0_0.jpg", f"/strips/{page}/s1_r1_l1.jpg"):
        answer = desk.client.get(place)
        assert answer.status_code == 404
        assert "sha256" in answer.json()["error"]
    (desk.root / "scans/deeper").mkdir()
    (desk.root / "scans/deeper/page-1.png").write_bytes(own)
    again = opened(desk.root)
    told = again.client.get(f"/api/pages/{again.first()}").json()["scan"]
    assert (told["missing"], told["other"]) == (False, False)


@pytest.mark.parametrize(
    "name",
    [b" page-1.png", b"page-1 .png ", b"page\n1.png", b"page\t1.png", b"\xcf\xe8\xf1\xfc.png", b"\x1f1.png"],
)
def test_scans_with_odd_names_are_found(desk: Set, name: bytes) -> None:
    scan = desk.root / "scans/one/page-1.png"
    odd = Path(os.fsdecode(os.fsencode(scan.parent) + b"/" + name))
    scan.rename(odd)
    record = desk.root / "output/one/page-1.xml"
    kept = squeeze(fit_for_xml(odd.name)[0])  # as the record has it
    record.write_text(record.read_text("utf-8").replace(">page-1.png<", f">{kept}<"), "utf-8")
    again = opened(desk.root)
    assert not again.client.get(f"/api/pages/{again.first()}").json()["scan"]["missing"]
    assert again.client.get(f"/tiles/{again.first()}.json").status_code == 200


def test_a_damaged_scan_is_told_of(desk: Set) -> None:
    _forget_digest(desk.root / "output/one/page-1.xml")
    (desk.root / "scans/one/page-1.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    answer = desk.client.get(f"/tiles/{desk.first()}.json")
    assert answer.status_code == 404
    assert "damaged" in answer.json()["error"]


def test_a_photograph_is_shown_before_it_is_read(tmp_path: Path) -> None:
    from ocr.review.tiles import OpenScan, Scans
    from ocr.scan.tiles import top_level

    path = tmp_path / "photo.jpg"
    ramp = np.linspace(0, 255, 4000 * 3001).reshape(3001, 4000).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.fromarray(ramp).convert("RGB").save(path, exif=exif)
    scans = Scans()
    sizes = scans.sizes(OpenScan(path, 1, None, (0, 0)))
    assert (sizes.width, sizes.height) == (3001, 4000)
    assert sizes.top == top_level(3001, 4000)
    assert sizes.first == sizes.top - 1
    assert max(sizes.levels[0].shape[:2]) == 2000
    whole = scans.tile(OpenScan(path, 1, None, (0, 0)), sizes.top, 5, 7)
    assert whole is not None
    assert Image.open(io.BytesIO(whole)).size == (441 + 1, 416 + 1)
    scans.close()


def test_few_scans_are_held(tmp_path: Path) -> None:
    from ocr.review.tiles import OpenScan, Scans

    scans = Scans(kept_bytes=1_500_000)
    sheets = []
    for number in range(4):
        Image.new("L", (1000, 900), number * 50).save(tmp_path / f"{number}.png")
        sheets.append(OpenScan(tmp_path / f"{number}.png", 1, None, (0, 0)))
        scans.scan(sheets[-1])
    scans.close()
    assert len(scans) < 4


def test_names_that_are_not_utf8_are_listed(desk: Set) -> None:
    odd = os.fsencode(desk.root / "output/one") + b"/\xff.xml"
    Path(os.fsdecode(odd)).write_bytes((desk.root / "output/one/page-1.xml").read_bytes())
    book = desk.desk.notebooks()[0].ident
    assert len(desk.client.get(f"/api/notebooks/{book}/pages").json()) == 3


def test_addresses_that_are_nothing(desk: Set) -> None:
    page = desk.first()
    for place in (
        *(
            "/api",
            "/api/",
            "/api/pages/",
            "/static/../app.py",
            "/static/%2e%2e/app.py",
            "/%00",
            "/static/%00",
        ),
        *("/tiles/x/1/0_0.jpg", f"/tiles/{page}/99999999999/0_0.jpg", f"/tiles/{page}/1/a.jpg"),
        f"/strips/{page}/none.jpg",
    ):
        answer = desk.client.get(place)
        assert answer.status_code in {400, 404}, place
        assert "error" in answer.json()
    assert desk.client.get("/api/desk", headers={"Host": HOST}).status_code == 200


def test_files_of_the_page_are_kept_by_the_browser_and_asked_for_each_time(desk: Set) -> None:
    answer = desk.client.get("/static/desk.js")
    assert answer.headers["cache-control"] == "no-cache"
    kept = {"If-None-Match": answer.headers["etag"]}
    assert desk.client.get("/static/desk.js", headers=kept).status_code == 304
    assert desk.client.get("/static/page.css", headers=kept).status_code == 200


def test_every_address_is_described(desk: Set) -> None:
    described = (
        (Path(__file__).parents[2] / "docs" / "review-api.md")
        .read_text("utf-8")
        .replace("{x}_{y}", "{place}")
    )
    app: Any = desk.client.app
    paths = [route.path for route in app._app.routes if route.path.startswith(("/api", "/tiles", "/strips"))]
    assert len(paths) >= 12
    assert [path for path in paths if f"`{path}" not in described and f" {path}`" not in described] == []
