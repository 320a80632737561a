"""A cluster of two workers on this machine; and what becomes of pages whose workers die."""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr.batch import BatchSettings, transcribe
from ocr.cluster import dask
from ocr.cluster.dask import TRIES, Cluster, Task, cluster, read_there, unless_deadly
from ocr.errors import DependencyError, OutputError
from ocr.hands import Hands
from ocr.orders import HandState, Job, Outcome, RunSettings, SheetOutcome, failed
from ocr.recipe import Recipe
from ocr.teaching import HandOrder, Lessons, not_taught, taught_apart, teach
from tests import drawn, fake_learners

RUN = RunSettings(Recipe(engine="tests.fakes:table"))


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    sheet = Image.fromarray(drawn.page(drawn.TEXT[:1], size_px=(500, 150)).pixels)
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(1, 7):
        sheet.save(folder / f"{number}.png")
    return folder


@pytest.mark.filterwarnings("default")  # of a library's own threads and sockets
def test_a_cluster_gives_the_bytes_of_one_machine(scans: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    out, whole = tmp_path / "out", tmp_path / "whole"
    (scans / "3.png").write_text("no picture")
    outcomes: dict[Path, list[SheetOutcome]] = {}
    for folder, settings in ((out, BatchSettings(jobs=2, cluster="local")), (whole, BatchSettings())):
        steps = transcribe([scans], folder, RUN, settings)
        outcomes[folder] = [step.outcome.outcome for step in steps if step.outcome is not None]
    assert outcomes[out] == outcomes[whole]
    records = {path.name: path.read_bytes() for path in whole.glob("*.xml")}
    assert len(records) == 5
    assert {path.name: path.read_bytes() for path in out.glob("*.xml")} == records
    assert not (out / dask._TRIED).exists()


@pytest.mark.filterwarnings("default")  # of a library's own threads and sockets
def test_hands_are_learnt_by_the_cluster(scans: Path, tmp_path: Path) -> None:
    """One of its workers learns each hand, the pages are read again, and all is as on one machine."""
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    run, learner = RunSettings(Recipe(engine="cursive")), partial(teach, learn=fake_learners.learns)
    sheets = sorted(scans.iterdir())
    for sheet in sheets[2:]:
        sheet.unlink()
    told: dict[Path, list[Any]] = {}
    for out, settings in (
        (tmp_path / "out", BatchSettings(cluster="local")),
        (tmp_path / "whole", BatchSettings()),
    ):
        steps = list(transcribe([scans], out, run, settings, Hands(out, run, learner=learner)))
        told[out] = [step.outcome.outcome for step in steps if step.outcome]
        told[out] += [(step.hand.hand, step.hand.outcome, step.hand.lines) for step in steps if step.hand]
    first, second = told.values()
    assert first == second
    assert first[:4] == [SheetOutcome.DONE] * 4
    assert [hand[:2] for hand in first[4:]] == [("scans", HandState.LEARNT)]
    for path in (tmp_path / "whole").rglob("*"):
        if path.suffix in {".xml", ".json", ".onnx"}:
            assert (tmp_path / "out" / path.relative_to(tmp_path / "whole")).read_bytes() == path.read_bytes()


def test_a_hand_that_kills_three_workers_is_put_aside_and_named(tmp_path: Path) -> None:
    order = HandOrder("иванов", (), RUN.recipe, tmp_path, "", None)

    def kill() -> Lessons:
        raise SystemExit

    task = Task("The hand иванов", order.model, kill, partial(not_taught, order))
    for _ in range(TRIES):
        with pytest.raises(SystemExit):
            unless_deadly(task, tmp_path)
    lessons = unless_deadly(task, tmp_path)
    assert lessons.state is HandState.FAILED
    assert lessons.reason.startswith("The hand иванов was put aside: 3 workers")


def test_a_hand_is_learnt_in_a_process_that_may_die(tmp_path: Path) -> None:
    order = HandOrder("иванов", (), RUN.recipe, tmp_path, "", None)
    lessons = taught_apart(dies, order)
    assert (lessons.state, lessons.reason.split(";")[0]) == (
        HandState.FAILED,
        "The process reading иванов was killed from outside",
    )


def dies(order: HandOrder) -> Lessons:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "find_spec", lambda _: None)
    with (
        pytest.raises(DependencyError, match=r"tetradi\[cluster\]"),
        cluster("x", tmp_path, jobs=1, memory_mb=0),
    ):
        pass


class Processes:
    """Of a worker: they read, or take the worker with them."""

    def __init__(self, deadly: bool) -> None:
        self.deadly, self.began = deadly, 0

    def begin(self, job: Job, run: RunSettings) -> Any:
        self.began += 1
        return self

    def result(self) -> Outcome:
        if self.deadly:
            raise SystemExit
        return Outcome("a", 1, "a.xml", SheetOutcome.DONE)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "a.png", tmp_path / "a.xml")


def reading(job: Job) -> Task[Outcome]:
    return Task(str(job.scan), job.target, partial(read_there, job, RUN, 0), partial(failed, job))


def test_a_page_that_kills_three_workers_is_put_aside_and_named(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly = Processes(deadly=True)
    monkeypatch.setattr(dask, "_own_processes", lambda *_: deadly)
    for _ in range(TRIES):
        with pytest.raises(SystemExit):
            unless_deadly(reading(job), tmp_path)
    outcome = unless_deadly(reading(job), tmp_path)
    assert (outcome.outcome, deadly.began) == (SheetOutcome.FAILED, TRIES)
    assert "a.png was put aside: 3 workers" in outcome.reason


def test_what_was_read_has_no_tries(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_own_processes", lambda *_: Processes(deadly=False))
    for _ in range(2 * TRIES):
        assert unless_deadly(reading(job), tmp_path).outcome is SheetOutcome.DONE


def test_a_link_in_place_of_tries_is_not_written_through(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "_own_processes", lambda *_: Processes(deadly=True))
    with pytest.raises(SystemExit):
        unless_deadly(reading(job), tmp_path)
    (tries,) = (tmp_path / ".tetradi-tries").iterdir()
    (mine := tmp_path / "mine").write_bytes(b"mine")
    tries.unlink()
    tries.symlink_to(mine)
    outcome = unless_deadly(reading(job), tmp_path)
    assert (outcome.exit_code, mine.read_bytes()) == (OutputError.exit_code, b"mine")
    assert "a link lies there" in outcome.reason


class Future:
    """As a scheduler gives them."""

    def __init__(self, status: str, result: object = None) -> None:
        self.status, self._result = status, result

    def exception(self) -> object:
        return self._result

    def result(self, timeout: float) -> object:
        if isinstance(self._result, Exception):
            raise self._result
        return self._result

    def release(self) -> None:
        pass


class Client:
    def __init__(self, *futures: Future) -> None:
        self.futures = list(futures)

    def submit(self, *_: object, key: str) -> Future:
        return self.futures.pop(0)

    def nthreads(self) -> dict[str, int]:
        return {}


def test_a_page_that_the_scheduler_blames_is_given_again_then_put_aside(job: Job, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    lost = Future("error", distributed.KilledWorker("page", "worker", 3))
    done = Outcome("a", 1, "a.xml", SheetOutcome.DONE)
    strange = Future("error", ValueError("x"))
    client = Client(lost, lost, Future("finished", done), *[lost] * (TRIES + 1), strange)
    crew = Cluster(client, "tcp://x", tmp_path, 0)
    assert crew.begin(job, RUN).result() == done
    assert "put aside" in crew.begin(job, RUN).result().reason
    assert "A worker of the cluster failed: ValueError" in crew.begin(job, RUN).result().reason


def test_a_cluster_that_is_gone_ends_the_run(job: Job, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with pytest.raises(DependencyError, match="is gone"):
        Cluster(Client(Future("cancelled")), "tcp://x", tmp_path, 0).begin(job, RUN).result()


def test_a_receipt_that_died_with_its_worker_is_waited_for(job: Job, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    future = Future("lost", Outcome("a", 1, "a.xml", SheetOutcome.UNCHANGED))
    work = Cluster(Client(future), "tcp://x", tmp_path, 0).begin(job, RUN)
    assert not work.done(0)
    future.status = "finished"
    assert work.result().outcome is SheetOutcome.UNCHANGED


def test_a_cluster_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_ALONE_S", -1.0)
    assert "No worker is left at tcp://x" in Cluster(Client(), "tcp://x", tmp_path, 0).look()
