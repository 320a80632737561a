"""Machines that share a run by the folder alone: one lease for a page, none for ever, nothing read twice."""

import errno
import fcntl
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr.batch import BatchSettings, transcribe
from ocr.cluster import team as team_module
from ocr.cluster.shards import own_name, part_inventory, put_together
from ocr.cluster.team import STALE_S, Team
from ocr.errors import DependencyError, OutputError
from ocr.files import write_whole
from ocr.locks import lock_file
from ocr.orders import Job, Outcome, RunSettings, SheetOutcome
from ocr.recipe import Recipe
from tests import drawn

RUN = RunSettings(Recipe(engine="tests.fakes:table"))


def job(output: Path, name: str = "a") -> Job:
    return Job(Path("scans") / f"{name}.png", output / f"{name}.xml")


def outcome(of: Job, **changes: Any) -> Outcome:
    return replace(Outcome(str(of.scan), 1, str(of.target), SheetOutcome.DONE, left_alone=("x",)), **changes)


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[Callable[[str], Team]]:
    with ExitStack() as stack:

        def join(name: str) -> Team:
            team = Team(tmp_path, name, RUN)
            stack.enter_context(team.joined())
            return team

        yield join


def age(output: Path, name: str, by_s: float) -> None:
    sign = output / ".tetradi-team" / f"{name}.alive"
    os.utime(sign, (sign.stat().st_mtime + by_s,) * 2)


def test_a_link_in_place_of_what_is_shared_is_not_written_through(
    joined: Callable[[str], Team], tmp_path: Path
) -> None:
    joined("a")
    (about := tmp_path / ".tetradi-team/about").unlink()
    about.symlink_to(tmp_path / "none")  # so that there seems to be none yet
    with pytest.raises(OutputError, match="a link lies there"):
        joined("b")
    assert not (tmp_path / "none").exists()


def test_a_page_is_claimed_once_and_told_to_all(joined: Callable[[str], Team], tmp_path: Path) -> None:
    first, second, page = joined("m1-x-1"), joined("m2-x-1"), job(tmp_path)
    assert first.claim(page) is True
    assert second.claim(page) is False
    first.tell(page, outcome(page))
    elsewhere = replace(page, scan=Path("/mnt/scans/a.png"))
    assert second.claim(elsewhere) == outcome(elsewhere)


@pytest.mark.parametrize("by_s", [-STALE_S - 5, STALE_S + 5])
def test_a_lease_without_a_sign_of_life_is_taken_over_by_one(
    joined: Callable[[str], Team], tmp_path: Path, by_s: float
) -> None:
    """Also when the clock of the drive was set back."""
    lost, *others = [joined(f"m{number}-x-1") for number in range(9)]
    page = job(tmp_path)
    assert lost.claim(page) is True
    assert not any(other.claim(page) for other in others)
    age(tmp_path, lost.name, by_s)
    claims: list[Outcome | bool] = []
    threads = [threading.Thread(target=lambda each=each: claims.append(each.claim(page))) for each in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert claims.count(True) == 1


def test_a_process_that_died_on_this_machine_is_known_at_once(
    joined: Callable[[str], Team], tmp_path: Path
) -> None:
    lost, other, page = joined("m-99999999-a"), joined(f"m-{os.getpid()}-b"), job(tmp_path)
    assert lost.claim(page) is True
    assert other.claim(page) is True


def test_a_machine_that_leaves_gives_its_leases_back(joined: Callable[[str], Team], tmp_path: Path) -> None:
    other, leaving = joined("m1-x-1"), Team(tmp_path, "m2-x-1", RUN)
    with leaving.joined():
        assert leaving.claim(job(tmp_path)) is True
        assert other.claim(job(tmp_path)) is False
    assert other.claim(job(tmp_path)) is True


def test_what_only_one_machine_lacks_is_left_to_others(joined: Callable[[str], Team], tmp_path: Path) -> None:
    first, second, page = joined("m1-x-1"), joined("m2-x-1"), job(tmp_path)
    first.claim(page)
    first.tell(page, outcome(page, exit_code=DependencyError.exit_code))
    assert second.claim(page) is True


def test_the_last_one_takes_all_away_and_a_new_run_knows_nothing_of_the_old(tmp_path: Path) -> None:
    killed = Team(tmp_path, "m1-x-1", RUN)
    never_left = killed.joined()
    never_left.__enter__()
    killed._ended.set()
    killed.tell(job(tmp_path), outcome(job(tmp_path)))
    part_inventory(tmp_path, killed.name).touch()
    lock_file(tmp_path, killed.name).touch()
    age(tmp_path, killed.name, -STALE_S - 5)
    later = Team(tmp_path, "m2-x-1", RUN)
    with later.joined():
        assert later.claim(job(tmp_path)) is True
    assert [path.name for path in tmp_path.iterdir()] == [".tetradi-team.lock"]
    del never_left


def test_other_settings_are_refused_while_a_run_is_shared(
    joined: Callable[[str], Team], tmp_path: Path
) -> None:
    joined("m1-x-1")
    with pytest.raises(OutputError, match="other settings"), Team(tmp_path, "m2", RunSettings()).joined():
        pass
    with Team(tmp_path, "m3", replace(RUN, when="2026-01-01")).joined():
        pass  # over midnight


def refusing(code: int) -> Callable[..., Any]:
    def call(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return call


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    sheet = Image.fromarray(drawn.page(drawn.TEXT[:1], size_px=(500, 150)).pixels)
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(1, 31):
        sheet.save(folder / f"{number}.png")
    return folder


@pytest.mark.parametrize("poor_drive", [False, True])
def test_machines_read_each_page_once_and_all_tell_of_all(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poor_drive: bool
) -> None:
    """A third one is lost with a page in hand."""
    monkeypatch.setattr(team_module, "_LOOK_S", 0.0)
    if poor_drive:
        # tests beside this one can lock, and would take its temporary folders for those of killed runs
        (own := tmp_path / "temporary").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(own))
        monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOLCK))
        monkeypatch.setattr(os, "fsync", refusing(errno.EINVAL))
        monkeypatch.setattr(os, "link", refusing(errno.EPERM))
        monkeypatch.setattr(Path, "chmod", refusing(errno.EPERM))
    out = tmp_path / "out"
    lost = Team(out, "m-99999999-lost", RUN)
    never_left = lost.joined()
    never_left.__enter__()
    lost._ended.set()
    assert lost.claim(Job(scans / "5.png", out / "5.xml")) is True
    names = [f"m-{os.getpid()}-{number}" for number in range(2)]
    runs = [transcribe([scans], out, RUN, BatchSettings(team_name=name)) for name in names]
    outcomes: list[list[Outcome]] = [[], []]
    going = {0, 1}
    while going:
        for number in sorted(going):
            step = next(runs[number], None)
            if step is None:
                going.remove(number)
            elif step.outcome is not None:
                outcomes[number].append(step.outcome)
    assert [Path(each.scan).name for each in outcomes[0]] == [f"{number}.png" for number in range(1, 31)]
    assert outcomes[0] == outcomes[1]
    assert {each.outcome for each in outcomes[0]} == {SheetOutcome.DONE}, "unchanged: it was read twice"
    whole = tmp_path / "whole"
    list(transcribe([scans], whole, RUN, BatchSettings()))
    for record in whole.glob("*.xml"):
        assert (out / record.name).read_bytes() == record.read_bytes()
    left = {path.name for path in out.iterdir()} - {path.name for path in whole.iterdir()}
    assert left <= {".tetradi-team.lock"}
    del never_left


def test_a_machine_that_ended_tells_of_all_pages(tmp_path: Path) -> None:
    name = own_name()
    for ended in (False, True):
        write_whole(part_inventory(tmp_path, name), b"row\n")
        assert put_together(tmp_path, name, [], ended=ended) == ""
        assert (tmp_path / "run.jsonl").exists() is ended
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]
