"""How far many machines go: python bench/scale.py [PAGES] [PAGE_S].

Measures on this machine, in processor time, what a page costs beside its reading: a job of a dask cluster at
client and scheduler (measured together, half is given to each) and at the worker; a lease with its receipt.
Then simulates PAGES (100000) pages of PAGE_S (4) seconds (log-normal; one in a thousand takes 300 s, its
limit) read by 1 to 256 workers: every page passes client and scheduler, which serve one at a time, and
the drive, which answers 16 calls at a time, each in 5 ms (assumed); no more pages are in hand than `has_room`
lets be. Array jobs: as many shards as workers, and ten times as many. Last line: {"costs_ms",
"share_of_linear"}.
"""

import argparse
import heapq
import json
import os
import random
import tempfile
import time
from pathlib import Path

from ocr.cluster.crew import AHEAD
from ocr.cluster.team import Team
from ocr.files import sha256_of
from ocr.orders import Job, Outcome, RunSettings, SheetOutcome

WORKERS = (1, 4, 16, 64, 128, 256)
_MEASURED = 400
_CALL_S = 0.005  # of a network drive
_CALLS_AT_ONCE = 16  # what its server answers at the same time


def _receipt(page: int) -> Outcome:
    """What a worker of a cluster returns."""
    return Outcome(f"scans/{page}.png", 1, f"out/{page}.xml", SheetOutcome.DONE, lines=20, words=150)


def lease_s() -> float:
    """Processor time of a lease, its receipt, and another machine that reads it."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        team, other = Team(out, "a-x-1", RunSettings()), Team(out, "b-x-1", RunSettings())
        with team.joined(), other.joined():
            begun = time.process_time()
            for page in range(_MEASURED):
                job = Job(Path(f"scans/{page}.png"), out / f"{page}.xml")
                team.claim(job)
                team.tell(job, _receipt(page))
                other.claim(job)
            return (time.process_time() - begun) / _MEASURED


def job_s() -> tuple[float, float, float]:
    """Processor time of a job at the client, at the scheduler and at the worker."""
    from distributed import Client, LocalCluster

    here = {"host": "127.0.0.1", "dashboard_address": None, "memory_limit": 0}
    with LocalCluster(n_workers=1, threads_per_worker=1, **here) as local, Client(local) as client:
        client.submit(_receipt, 0).result()
        there = client.submit(time.process_time, key="before").result()
        begun = time.process_time()  # client and scheduler share this process
        keys = [f"page-{os.urandom(16).hex()}" for _ in range(_MEASURED)]
        waiting = [client.submit(_receipt, page, key=key) for page, key in enumerate(keys)]
        for future in waiting:
            future.result()
        both = (time.process_time() - begun) / _MEASURED
        there = (client.submit(time.process_time, key="after").result() - there) / _MEASURED
    return both / 2, both / 2, there


def simulate(pages: list[float], workers: int, *, scheduler_s: float, client_s: float, calls: int) -> float:
    """Seconds until all pages are read; 0 for scheduler and client: nobody shares out."""
    free_at = [0.0] * workers
    drive = [0.0] * _CALLS_AT_ONCE
    in_hand: list[float] = []  # ends of pages that are handed out
    scheduler_free = client_free = last = 0.0
    for reading_s in pages:
        now = 0.0
        if client_s:
            if len(in_hand) >= AHEAD * workers:  # handed out when another has come back
                now = heapq.heappop(in_hand)
            client_free = max(client_free, now) + client_s
            scheduler_free = max(scheduler_free, client_free) + scheduler_s
            now = scheduler_free
        begun = max(heapq.heappop(free_at), now)
        served = max(heapq.heappop(drive), begun) + calls * _CALL_S
        heapq.heappush(drive, served)
        ended = served + reading_s
        heapq.heappush(free_at, ended)
        if client_s:
            heapq.heappush(in_hand, ended)
        last = max(last, ended)
    return last


def shards_s(pages: list[float], workers: int, shards: int, calls: int) -> float:
    """Seconds until the last of so many array jobs has ended."""
    load = [0.0] * shards
    for number, reading_s in enumerate(pages):
        digest = int(sha256_of(f"{number}.xml".encode())[:16], 16)  # as Shard.has
        load[digest % shards] += reading_s + calls * _CALL_S
    free_at = [0.0] * workers
    for seconds in load:
        heapq.heappush(free_at, heapq.heappop(free_at) + seconds)
    return max(free_at)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="?", type=int, default=100_000)
    parser.add_argument("page_s", nargs="?", type=float, default=4.0)
    asked = parser.parse_args()
    count, page_s = asked.pages, asked.page_s
    dice = random.Random(7)
    spread = 0.5
    pages = [
        300.0 if dice.random() < 0.001 else page_s * dice.lognormvariate(-(spread**2) / 2, spread)
        for _ in range(count)
    ]
    client_s, scheduler_s, worker_s = job_s()
    lease = lease_s()
    costs = {"client": client_s, "scheduler": scheduler_s, "worker": worker_s, "lease": lease}
    print("processor time per page, ms: " + ", ".join(f"{name} {s * 1000:.2f}" for name, s in costs.items()))
    total = sum(pages)
    print(f"{len(pages)} pages, {total / 3600:.0f} hours of reading; share of linear")
    print(f"{'workers':>8} {'cluster':>8} {'together':>9} {'shards':>8} {'shards x 10':>12}")
    shares: dict[int, dict[str, float]] = {}
    for workers in WORKERS:
        ideal = total / workers
        together = [
            reading_s + lease * workers / 4 for reading_s in pages
        ]  # four workers a machine: all look
        clustered = [reading_s + worker_s for reading_s in pages]
        shares[workers] = {
            "cluster": ideal
            / simulate(clustered, workers, scheduler_s=scheduler_s, client_s=client_s, calls=4),
            "together": ideal / simulate(together, workers, scheduler_s=0, client_s=0, calls=8),
            "shards": ideal / shards_s(pages, workers, workers, 2),
            "shards x 10": ideal / shards_s(pages, workers, 10 * workers, 2),
        }
        row = shares[workers]
        print(f"{workers:>8} {row['cluster']:>8.1%} {row['together']:>9.1%} {row['shards']:>8.1%}", end="")
        print(f"{row['shards x 10']:>13.1%}")
    millis = {name: round(seconds * 1000, 3) for name, seconds in costs.items()}
    rounded = {number: {how: round(x, 4) for how, x in row.items()} for number, row in shares.items()}
    print(json.dumps({"costs_ms": millis, "share_of_linear": rounded}))


if __name__ == "__main__":
    main()
