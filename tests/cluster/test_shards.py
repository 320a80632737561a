"""Shards: every page in one of them, wherever it stays, and one run.jsonl as of one machine."""

import json
import threading
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.cluster import shards
from ocr.cluster.shards import Shard, merge, parse_shard, part_inventory
from ocr.errors import SettingsError
from ocr.files import files_below, place_in_walk, write_whole
from ocr.orders import HandOutcome, HandState, Outcome, SheetOutcome

PATHS = st.lists(st.sampled_from(["a", "б", "10", "9", "A1", "a.b", "x y"]), min_size=1, max_size=4)


@given(st.lists(st.text(min_size=1), unique=True), st.integers(1, 50))
def test_every_page_is_in_one_shard_and_stays_there(keys: list[str], of: int) -> None:
    for key in keys:
        assert sum(Shard(number, of).has(key) for number in range(1, of + 1)) == 1


def test_shards_are_of_like_size() -> None:
    sizes = [sum(Shard(number, 16).has(f"Ф-1/{page}") for page in range(16000)) for number in range(1, 17)]
    assert min(sizes) > 900
    assert max(sizes) < 1100


def test_a_name_spelt_as_another_system_does_is_the_same_page() -> None:
    composed, decomposed = "\u0439", "\u0438\u0306"
    assert all(Shard(number, 9).has(composed) == Shard(number, 9).has(decomposed) for number in range(1, 10))


@pytest.mark.parametrize("asked", ["", "3", "0/4", "5/4", "1/0", "a/b", "1/2/3", "-1/3"])
def test_what_is_no_shard_is_refused(asked: str) -> None:
    with pytest.raises(SettingsError, match="give I/N"):
        parse_shard(asked)


def test_a_shard() -> None:
    assert parse_shard("3/40") == Shard(3, 40)
    assert Shard(3, 40).name == "3-of-40"


@given(st.sets(PATHS.map(tuple), max_size=12))
def test_places_sort_as_folders_are_searched(places: set[tuple[str, ...]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for place in places:
            path = Path(folder, *place[:-1], place[-1] + ".png")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        walked = list(files_below(Path(folder)))
    assert sorted(walked, key=place_in_walk) == walked


def row(scan: Path, sheet: int = 1, what: SheetOutcome = SheetOutcome.DONE) -> str:
    return json.dumps(asdict(Outcome(str(scan), sheet, f"{scan.stem}.xml", what)), ensure_ascii=False) + "\n"


def test_the_parts_give_what_one_machine_would_tell(tmp_path: Path) -> None:
    second, first = tmp_path / "b", tmp_path / "a"
    rows = [
        row(second / "2.png"),
        row(second / "10.tif"),
        row(second / "10.tif", 2),
        row(first / "sub/1.png"),
    ]
    hand = json.dumps(asdict(HandOutcome("Петя", HandState.KNOWN))) + "\n"
    part_inventory(tmp_path, "2-of-3").write_text(rows[3] + rows[0] + hand, "utf-8")
    part_inventory(tmp_path, "1-of-3").write_text(rows[2] + rows[1], "utf-8")
    part_inventory(tmp_path, "1-of-2").write_text(row(tmp_path / "old.png"), "utf-8")
    assert merge(tmp_path, 3, [second, first]) == 1
    assert (tmp_path / "run.jsonl").read_text("utf-8") == "".join([*rows, hand])


def test_what_is_no_row_is_left_out(tmp_path: Path) -> None:
    good = row(tmp_path / "1.png")
    part_inventory(tmp_path, "1-of-1").write_text(f'{good}[]\n{{"scan": 1}}\n\n{good[:40]}', "utf-8")
    assert merge(tmp_path, 1, [tmp_path]) == 0
    assert (tmp_path / "run.jsonl").read_text("utf-8") == good


def test_shards_that_end_at_once_lose_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another shard ends between our look and our writing, and the older run.jsonl is written last."""
    mine, other = row(tmp_path / "1.png"), row(tmp_path / "2.png")
    part_inventory(tmp_path, "1-of-2").write_text(mine, "utf-8")
    met: list[bytes] = []

    def late(path: Path, content: bytes) -> None:
        if not met:
            met.append(content)
            part_inventory(tmp_path, "2-of-2").write_text(other, "utf-8")
            write_whole(path, (mine + other).encode())
        write_whole(path, content)

    monkeypatch.setattr(shards, "write_whole", late)
    assert merge(tmp_path, 2, [tmp_path]) == 0
    assert (tmp_path / "run.jsonl").read_text("utf-8") == mine + other


def test_all_shards_at_once(tmp_path: Path) -> None:
    def end(number: int) -> None:
        part_inventory(tmp_path, f"{number}-of-12").write_text(row(tmp_path / f"{number}.png"), "utf-8")
        merge(tmp_path, 12, [tmp_path])

    threads = [threading.Thread(target=end, args=(number,)) for number in range(1, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len((tmp_path / "run.jsonl").read_text("utf-8").splitlines()) == 12
