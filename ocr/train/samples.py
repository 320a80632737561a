"""Batches from sources, made in a process of their own, the same for a seed and a place."""

import multiprocessing
import os
import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np

from ocr.arrays import F32, I64
from ocr.errors import EngineError
from ocr.lines.strips import HEIGHT_PX, Fitted, fit_strip
from ocr.synth import Source
from ocr.synth.vary import Variety, varied

FRAME_PX = 4
CHUNK = 256
"""So many strips are made, sorted by width and cut into batches together."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Strips padded with paper to one width, and their texts as classes, one after the other."""

    strips: F32
    """(B, 1, 48, W), W a multiple of 32."""
    frames: I64
    """(B,) frames that each strip really has."""
    classes: I64
    """All texts in a row; class 0 is never among them."""
    lengths: I64
    """(N,) letters of each text; N = B but where strips have several texts."""
    strip_of: I64 | None = None
    """(N,) the strip that each text belongs to; None: one text a strip, in order."""
    weights: F32 | None = None
    """(N,) how much each text counts; None: all the same."""


@dataclass(frozen=True, slots=True)
class DataPlace:
    """Where the run is in its data: the chunk, and how many of its batches are done."""

    chunk: int = 0
    batch: int = 0


BEGINNING = DataPlace()


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """How samples become batches."""

    seed: int = 1
    batch_px: int = 6400
    """Width of all strips of a batch together, padding included."""
    widest_px: int = 1400
    """Longer strips are left out."""
    variety: Variety | None = None
    """How strips are changed once they are made; None: not at all."""
    longest: tuple[tuple[int, int], ...] = ((0, 12), (6000, 25), (16000, 45), (40000, 60))
    """From so many samples on, texts of at most so many letters."""

    def longest_at(self, samples: int) -> int:
        """Greatest number of letters after so many samples."""
        return max((letters for start, letters in self.longest if samples >= start), default=60)


def encode(text: str, alphabet: str) -> list[int]:
    """Classes of a text; letters outside the alphabet are left out."""
    return [alphabet.index(c) + 1 for c in text if c in alphabet]


def needed_frames(classes: Sequence[int]) -> int:
    """Frames that CTC needs at least: one per letter, one more between doubles."""
    return len(classes) + sum(a == b for a, b in pairwise(classes))


def fits(strip: Fitted, classes: Sequence[int]) -> bool:
    """Whether a strip is long enough for its text, and there is any."""
    return bool(classes) and needed_frames(classes) <= strip.shape[1] // FRAME_PX


def collate(items: Sequence[tuple[Fitted, list[int]]]) -> Batch:
    """Strips of like width put together."""
    widest = -(-max(strip.shape[1] for strip, _ in items) // 32) * 32
    strips = np.ones((len(items), 1, HEIGHT_PX, widest), np.float32)
    for row, (strip, _) in enumerate(items):
        strips[row, 0, :, : strip.shape[1]] = strip
    frames = np.array([-(-strip.shape[1] // FRAME_PX) for strip, _ in items])
    return Batch(
        strips,
        frames,
        np.array([c for _, classes in items for c in classes], np.int64),
        np.array([len(classes) for _, classes in items], np.int64),
    )


def collate_soft(items: Sequence[tuple[Fitted, Sequence[tuple[bytes, float]]]]) -> Batch:
    """Strips of like width put together, each with several texts (as classes) and what these count."""
    texts = [(row, text, weight) for row, (_, texts) in enumerate(items) for text, weight in texts]
    return replace(
        collate([(strip, []) for strip, _ in items]),
        classes=np.array([c for _, text, _ in texts for c in text], np.int64),
        lengths=np.array([len(text) for _, text, _ in texts], np.int64),
        strip_of=np.array([row for row, _, _ in texts], np.int64),
        weights=np.array([weight for _, _, weight in texts], np.float32),
    )


def chunk(source: Source, settings: SampleSettings, alphabet: str, number: int) -> list[Batch]:
    """The batches of one chunk, in an order drawn by chance; the same for the same settings and number."""
    rng = np.random.default_rng((settings.seed, number))
    longest = settings.longest_at(number * CHUNK)
    items = []
    for grey, text in islice(source.strips(int(rng.integers(2**62)), longest), CHUNK):
        strip, classes = fit_strip(grey).fitted, encode(text, alphabet)
        if settings.variety is not None:
            strip = varied(strip, rng, settings.variety)
        if strip.shape[1] <= settings.widest_px and fits(strip, classes):
            items.append((strip, classes))
    items.sort(key=lambda item: item[0].shape[1])
    batches, waiting = [], list[tuple[Fitted, list[int]]]()
    for item in items:
        if waiting and item[0].shape[1] * (len(waiting) + 1) > settings.batch_px:
            batches.append(collate(waiting))
            waiting = []
        waiting.append(item)
    if waiting:
        batches.append(collate(waiting))
    return [batches[i] for i in rng.permutation(len(batches))]


def batches(
    open_source: Callable[[], Source], settings: SampleSettings, alphabet: str, place: DataPlace
) -> Iterator[tuple[Batch, DataPlace]]:
    """Endless batches from a place on, made here; each with the place that follows it."""
    source = open_source()
    number, skip = place.chunk, place.batch
    while True:
        made = chunk(source, settings, alphabet, number)
        for at in range(skip, len(made)):
            yield made[at], DataPlace(number, at + 1) if at + 1 < len(made) else DataPlace(number + 1)
        number, skip = number + 1, 0


def _put(out: "multiprocessing.Queue[tuple[Batch, DataPlace] | str]", item: tuple[Batch, DataPlace]) -> None:
    """Puts when there is room; ends this process when the trainer is gone."""
    trainer = multiprocessing.parent_process()
    while True:
        try:
            out.put(item, timeout=20)
        except queue.Full:
            if trainer is not None and not trainer.is_alive():
                os._exit(1)  # nobody is left to read the queue, so it cannot be closed in order
        else:
            return


def _serve(
    out: "multiprocessing.Queue[tuple[Batch, DataPlace] | str]",
    open_source: Callable[[], Source],
    settings: SampleSettings,
    alphabet: str,
    place: DataPlace,
) -> None:
    try:
        for item in batches(open_source, settings, alphabet, place):
            _put(out, item)
    except Exception as error:  # noqa: BLE001  (told to the trainer, who raises it)
        out.put(f"{type(error).__name__}: {error}")


def served(
    open_source: Callable[[], Source], settings: SampleSettings, alphabet: str, place: DataPlace
) -> Iterator[tuple[Batch, DataPlace]]:
    """The same as `batches`, made by another process ahead of need. EngineError when that process fails."""
    context = multiprocessing.get_context("spawn")
    made: multiprocessing.Queue[tuple[Batch, DataPlace] | str] = context.Queue(maxsize=48)
    cook = context.Process(target=_serve, args=(made, open_source, settings, alphabet, place), daemon=True)
    cook.start()
    try:
        while True:
            try:
                item = made.get(timeout=20)
            except queue.Empty:
                if cook.is_alive():
                    continue
                raise EngineError(
                    "The process that makes samples has died; start the run again to resume."
                ) from None
            if isinstance(item, str):
                raise EngineError(f"Making samples failed: {item}.")
            yield item
    finally:
        cook.terminate()
        cook.join()
