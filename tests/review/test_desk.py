import errno
import os
import threading
from pathlib import Path

import pytest
from PIL import Image

from ocr.review import desk as room
from ocr.review.tally import quick_tally
from ocr.text import fit_for_xml, squeeze
from tests.review.desks import Set, opened, set_up
from tests.review.test_reading import _forget_digest


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


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


def test_a_page_that_the_drive_does_not_give_for_once_is_counted_later(
    desk: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would else be a draft without lines until somebody changes it: the counts are kept by its time."""
    page = desk.desk.notebooks()[0].pages[0]
    whole = desk.desk.tally(page)
    assert whole.lines
    anew = opened(desk.root).desk
    page = anew.notebooks()[0].pages[0]

    def fails(path: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", fails)
        assert not anew.tally(page).lines
    assert anew.tally(page) == whole


def test_what_killed_programs_left_is_swept_and_work_of_others_is_not(desk: Set) -> None:
    old, young = (desk.root / "output/one" / f".tetradi-part-{name}" for name in ("old", "young"))
    for part in (old, young):
        part.write_bytes(b"<TEI")
    os.utime(old, (1, 1))
    desk.desk.count_all(threading.Event())
    assert not old.exists()
    assert young.exists()


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
