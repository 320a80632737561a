"""Workers: one that cannot start, one that is killed, and by whom."""

import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from ocr.errors import OcrError, OutputError, PageMemoryError
from ocr.workers import DiedError, own_temporary_folder, processors, workers

PROGRAM = """
import multiprocessing, os, sys
from pathlib import Path
from ocr.workers import workers
multiprocessing.set_executable(sys.argv[1])
with workers(1, 0, Path(sys.argv[2])) as pool:
    pool.begin(os.getpid, limit_s=None).result()
"""


@pytest.mark.parametrize("there", [True, False])
def test_workers_that_cannot_start_are_told_at_once(tmp_path: Path, there: bool) -> None:
    program = tmp_path / "python"
    if there:  # and may be run, and yet does not start
        program.write_text("#!/nonexistent\n")
        program.chmod(0o755)
    # In a process of its own: what multiprocessing began with the wrong program stays broken in this one.
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, program, tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"OutputError: The processes that read cannot start. May this user run {program}" in run.stderr


def _kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_worker_is_told_and_the_next_work_is_done(tmp_path: Path) -> None:
    with workers(1, 0, tmp_path) as pool:
        with pytest.raises(DiedError) as died:
            pool.begin(_kill_self, limit_s=None).result()
        assert died.value.exit_code == -signal.SIGKILL
        assert pool.begin(os.getpid, limit_s=None).result() != os.getpid()


def test_what_a_worker_has_loaded_is_not_looked_through_for_rings(tmp_path: Path) -> None:
    with workers(1, 0, tmp_path) as pool:
        assert pool.begin(gc.get_freeze_count, limit_s=None).result() > 1000


@pytest.mark.parametrize(
    ("code", "for_memory", "kind", "words"),
    [
        (-9, False, OcrError, "killed from outside"),
        (-9, True, PageMemoryError, "as memory ran out"),
        (137, None, PageMemoryError, "most likely for want of memory"),
        (-11, False, OcrError, "may be damaged"),
    ],
)
def test_what_ended_a_worker_is_told_as_far_as_it_is_known(
    code: int, for_memory: bool | None, kind: type[OcrError], words: str
) -> None:
    told = DiedError(code, for_memory=for_memory).as_error(Path("leaf.jpg"))
    assert type(told) is kind
    assert words in str(told)
    assert "leaf.jpg" in str(told)


def test_processors_are_counted_where_a_system_does_not_tell_which_are_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert processors() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)  # macOS
    assert processors() == os.cpu_count()
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors() == 1


def _fail() -> None:
    raise MemoryError


def test_a_worker_that_cannot_make_itself_ready_works_all_the_same(tmp_path: Path) -> None:
    """What it failed at, the work will fail at, and tell."""
    with workers(1, 0, tmp_path, _fail) as pool:
        assert pool.begin(os.getpid, limit_s=None).result() != os.getpid()


def test_a_clock_that_is_set_forth_costs_no_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_forth, real = threading.Event(), time.time
    monkeypatch.setattr(time, "time", lambda: real() + 1e6 * set_forth.is_set())
    (tmp_path / "go").touch()
    with workers(1, 0, tmp_path) as pool:
        assert pool.begin(os.getpid, limit_s=1000).result() != os.getpid()
        pending = pool.begin(_wait_for, tmp_path / "go", limit_s=1000)
        while not pending._future.running():
            pending.done(0.01)
        set_forth.set()
        pending.done(0.3)  # the pool looks at its clock ten times a second
        (tmp_path / "go").unlink()
        assert pending.result() == "ended"


def _wait_for(gone: Path) -> str:
    while gone.exists():
        time.sleep(0.01)
    return "ended"


HOLDS = """
import sys, time
from ocr.workers import own_temporary_folder
with own_temporary_folder() as folder:
    (folder / "engine").write_text("left by it")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_what_killed_runs_left_is_taken_away_and_nothing_of_those_that_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever their output folders are, and whatever they are called."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    runs = [subprocess.Popen([sys.executable, "-c", HOLDS], env=environment, stdout=-1, text=True)
            for _ in range(2)]  # fmt: skip
    folders = [Path(run.stdout.readline().strip()) for run in runs if run.stdout]
    (tmp_path / f"tetradi-{os.getuid()}-theirs").mkdir()  # of nobody that we know
    runs[0].kill()
    runs[0].wait()
    try:
        with own_temporary_folder() as own:
            assert [folder.exists() for folder in (*folders, own)] == [False, True, True]
            assert folders[1].stat().st_mode & 0o777 == 0o700
        assert len(list(tmp_path.iterdir())) == 2
    finally:
        runs[1].kill()
        for run in runs:
            run.communicate()


def test_a_place_for_temporary_files_that_cannot_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(OutputError, match="Set TMPDIR"), own_temporary_folder():
        pass
