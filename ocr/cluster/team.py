"""Machines that share a run with nothing between them but the folder that they write to.

Every page has a lease, a file that only one can make, and a receipt when it is read. A machine that has not
written its sign of life for a while, by the clock of the drive, has lost its leases. Nothing here has to be
right for the records to be right: a page that two machines read gets the same bytes, and is written once.
"""

import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

from ocr import __version__
from ocr.cluster.crew import Alone, Awaited, Work
from ocr.cluster.shards import part_inventory
from ocr.errors import DependencyError, OutputError
from ocr.files import sha256_of, unlinked, why
from ocr.locks import lock_file, locked
from ocr.notation import object_from_json
from ocr.orders import Job, Outcome, RunSettings, SheetOutcome
from ocr.stop import ASKED

_BEAT_S = 10.0
STALE_S = 60.0
"""A machine that gave no sign of life for so long has lost its leases."""
_LOOK_S = 5.0
_LOOKED_AT = 64  # pages of others that are looked at in one round
_REMEMBERED = 20000  # pages of others that are waited for
_ALIVE = ".alive"


class Team:
    """One machine among those that share a run."""

    def __init__(self, output: Path, name: str, run: RunSettings) -> None:
        """`name`: see ocr.cluster.shards.own_name."""
        self.name = name
        self._output, self._folder = output, output / ".tetradi-team"
        about = [__version__, asdict(replace(run, when=None))]
        self._about = sha256_of(json.dumps(about, sort_keys=True, default=str).encode())
        self._ended = threading.Event()
        self._clock: tuple[float, float] | None = None

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Among the others. OutputError when they run with other settings, or the folder cannot be used."""
        try:
            with locked(self._output / ".tetradi-team.lock"):
                self._join()
        except OSError as error:
            raise OutputError(f"The output folder {self._output} cannot be used: {why(error)}") from error
        beats = threading.Thread(target=self._beat_on, daemon=True)
        beats.start()
        try:
            yield
        finally:
            self._ended.set()
            beats.join()
            with suppress(OSError, OutputError), locked(self._output / ".tetradi-team.lock"):
                alone = not self._others()
                self._sign(self.name).unlink(missing_ok=True)
                if alone:
                    self._clear()

    def claim(self, job: Job) -> Outcome | bool:
        """What became of a page that another machine has read; else: is it ours to read?"""
        receipt = self.receipt(job)
        if receipt is not None:
            return receipt
        lease = self._file(job, ".lease")
        try:
            lease.parent.mkdir(parents=True, exist_ok=True)
            while not self._leased(lease):
                if not self._is_lost(lease.read_text("utf-8"), lease):
                    return False
                # One file for each that takes over, and nothing is moved: only one can make the next.
                lease = lease.with_name(f"{lease.name}+")
        except FileNotFoundError:
            return False  # it changes just now
        except OSError as error:
            raise OutputError(f"The output folder {self._output} cannot be used: {why(error)}") from error
        return True

    def receipt(self, job: Job) -> Outcome | None:
        """What became of a page, as whoever read it tells."""
        try:
            row = object_from_json(self._file(job, ".done").read_bytes())
            row |= {"scan": str(job.scan), "output": str(job.target), "outcome": SheetOutcome(row["outcome"])}
            return Outcome(**row | {"left_alone": tuple(row["left_alone"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def tell(self, job: Job, outcome: Outcome) -> None:
        """Leaves a receipt and gives the lease back. What only this machine lacks is left to others."""
        if outcome.exit_code not in {DependencyError.exit_code, OutputError.exit_code}:
            done = self._file(job, ".done")
            part = done.with_name(f"{done.name}.{secrets.token_hex(4)}")
            with suppress(OSError):  # then another machine looks at the page again
                with part.open("x", encoding="utf-8") as file:
                    json.dump(asdict(outcome), file)
                part.replace(done)
        with suppress(OSError):
            lease = self._file(job, ".lease")
            for each in sorted(lease.parent.glob(f"{lease.name}*"), reverse=True):
                each.unlink(missing_ok=True)

    def _join(self) -> None:
        self._output.mkdir(parents=True, exist_ok=True)
        if not self._others():
            self._clear()
        self._folder.mkdir(exist_ok=True)
        about = self._folder / "about"
        if not about.exists():
            with open(about, "w", encoding="utf-8", opener=unlinked) as file:
                file.write(self._about)
        elif about.read_text("utf-8") not in {"", self._about}:
            raise OutputError(
                f"Machines with other settings, or another release, share a run into {self._output}. Give "
                "this one the same, or another folder (-o)."
            )
        self._beat()

    def _others(self) -> list[str]:
        """Who else gave a sign of life lately."""
        names = [sign.name.removesuffix(_ALIVE) for sign in self._folder.glob(f"*{_ALIVE}")]
        return [name for name in names if name != self.name and not self._is_lost(name)]

    def _clear(self) -> None:
        """Takes away what a run left, and what its machines wrote that cannot any more."""
        for sign in self._folder.glob(f"*{_ALIVE}"):
            name = sign.name.removesuffix(_ALIVE)
            part_inventory(self._output, name).unlink(missing_ok=True)
            lock_file(self._output, name).unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _leased(self, lease: Path) -> bool:
        """Makes the lease, unless it is there."""
        try:
            with lease.open("x", encoding="utf-8") as file:
                file.write(self.name)
        except FileExistsError:
            return False
        return True

    def _is_lost(self, owner: str, lease: Path | None = None) -> bool:
        """Did a machine give no sign of life for long? Of a lease without a name its own age is taken."""
        if owner == self.name:
            return False
        host, process = [*owner.rsplit("-", 2), "", ""][:2]
        if host == self.name.rsplit("-", 2)[0] and process.isdecimal() and not _runs(int(process)):
            return True
        sign = self._sign(owner) if owner or lease is None else lease
        try:
            return abs(self._now() - sign.stat().st_mtime) > STALE_S
        except FileNotFoundError:
            return True

    def _now(self) -> float:
        """The time by the clock of the drive, which is the one that dates the others' signs of life."""
        here = time.monotonic()
        if self._clock is None or here - self._clock[0] > 1.0:
            self._beat()
            self._clock = here, self._sign(self.name).stat().st_mtime
        return self._clock[1]

    def _sign(self, name: str) -> Path:
        return self._folder / f"{name}{_ALIVE}"

    def _beat(self) -> None:
        self._folder.mkdir(exist_ok=True)
        with open(self._sign(self.name), "wb", opener=unlinked) as file:
            file.write(b".")  # written, not touched: the server dates it

    def _beat_on(self) -> None:
        while not self._ended.wait(_BEAT_S):
            with suppress(OSError):
                self._beat()

    def _file(self, job: Job, suffix: str) -> Path:
        place = job.target.relative_to(self._output).as_posix()
        key = sha256_of(place.encode("utf-8", "surrogatepass"))
        return self._folder / key[:2] / f"{key[2:26]}{suffix}"


class TeamWork(Awaited[Outcome]):
    """A page that is this machine's, or another's until that is lost."""

    def __init__(self, job: Job, run: RunSettings, team: Team) -> None:
        self.job, self.run = job, run
        self.work: Work[Outcome] | None = None
        """None: another machine's."""
        self._team = team

    def done(self, within_s: float) -> bool:
        """See Work; tells the others."""
        if self._outcome is not None:
            return True
        if self.work is None:
            self._outcome = self._team.receipt(self.job)
            if self._outcome is None and ASKED.wait(within_s):
                raise KeyboardInterrupt
        elif self.work.done(within_s):
            self._outcome = self.work.result()
            self._team.tell(self.job, self._outcome)
        return self._outcome is not None


class Together:
    """This machine's processes, who read what no other machine does."""

    def __init__(self, alone: Alone, team: Team) -> None:
        self._alone, self._team = alone, team
        self._own: list[TeamWork] = []
        self._theirs: list[TeamWork] = []
        self._looked = time.monotonic()

    def begin(self, job: Job, run: RunSettings) -> TeamWork | Outcome:
        """See Crew."""
        claimed = self._team.claim(job)
        if isinstance(claimed, Outcome):
            return claimed
        work = TeamWork(job, run, self._team)
        if claimed:
            self._begin(work)
        else:
            self._theirs.append(work)
        return work

    def has_room(self, waiting: int) -> bool:
        """See Crew."""
        return self._alone.has_room(len(self._own)) and waiting < _REMEMBERED

    def look(self) -> str:
        """See Crew: has the others told what is read, and takes over what lost machines had."""
        self._own = [work for work in self._own if not work.done(0)]
        if time.monotonic() - self._looked > _LOOK_S and self._alone.has_room(len(self._own)):
            self._looked = time.monotonic()
            self._theirs = [work for work in self._theirs if work.work is None and not work.done(0)]
            for work in self._theirs[:_LOOKED_AT]:
                if self._alone.has_room(len(self._own)) and self._team.claim(work.job) is True:
                    self._begin(work)
        return ""

    def _begin(self, work: TeamWork) -> None:
        work.work = self._alone.begin(work.job, work.run)
        self._own.append(work)


def _runs(process: int) -> bool:
    """Does a process of that number run on this machine?"""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
