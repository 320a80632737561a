"""One sheet of a scan becomes one TEI record; whatever goes wrong becomes an outcome with its reason."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import numpy as np

from ocr import __version__
from ocr.arrays import Pixels
from ocr.corrections.notebook import with_notebook
from ocr.derived import TEXT_SUFFIX, renew_picture, renew_text
from ocr.engines import Engine, Recognition, open_engine, recognise
from ocr.engines.at_edges import at_edges
from ocr.engines.legible import (
    better_upside_down,
    holds_words,
    is_writing,
    mean_legibility,
    mean_text_probability,
)
from ocr.engines.under_blots import under_blots
from ocr.engines.word_marks import sure_marks
from ocr.errors import READ_IN_PART, RecordError, ScanError
from ocr.faults import as_error, ask_for_room
from ocr.files import refuse_drive, sha256_of, version_of
from ocr.lines import find_lines, widened, with_border_doubt, with_number_columns
from ocr.locks import write_instead
from ocr.orders import Job, Mode, Outcome, RunSettings, SheetOutcome, failed
from ocr.page import Hand, Line, Page, Region, Step, Surface
from ocr.recipe import LEAF_PARTS, Recipe
from ocr.scan import load
from ocr.scan.blots import blots_of
from ocr.scan.coverage import Coverage, coverage_of, with_coverage
from ocr.scan.edges import edges_of
from ocr.scan.leaf import Leaf, prepare
from ocr.scan.scan_of import find_scan, refuse_another
from ocr.scan.upright import GUESSED
from ocr.settings import as_told
from ocr.tei.notebook import notebook_of
from ocr.tei.parse import parse_tei
from ocr.tei.seal import is_corrected, read_fingerprint, read_scan_digest
from ocr.tei.write import to_tei

NO_LINES = "no text found, because nothing on this leaf forms a line of writing"
NO_LETTERS = "no text found, because the few marks on this leaf read as no letters"

KEPT = "corrected by a person, left as it is"
FIRST_KEPT = "first reading kept: with the model of its hand there is more doubt in it"
_CLEARLY = 1e-3
"""So much more of a page's letters must be expected wrong for a reading to be worse than another."""

RECORD_FORMAT = 7
"""Raised when the same settings begin to give another record, so that old records are renewed."""


def read_job(job: Job, run: RunSettings) -> Outcome:
    """Reads one sheet and writes its record, unless it stands already. A fault of the page never raises."""
    begun = time.monotonic()
    outcome = Outcome(str(job.scan), job.sheet, str(job.target), SheetOutcome.FAILED)
    try:
        outcome = _read_job(job, run, outcome, None if run.reading_s is None else begun + run.reading_s)
    except Exception as error:  # noqa: BLE001  the one place where a fault of ours becomes an outcome
        outcome = failed(job, as_error(error, str(job.target)))
    return replace(outcome, seconds=round(time.monotonic() - begun, 3))


def count_job(job: Job) -> int | Outcome:
    """How many sheets the scan of a job holds, or why that cannot be told. A bad file never raises."""
    try:
        ask_for_room()
        return load.count_sheets(job.scan)
    except Exception as error:  # noqa: BLE001  as in read_job
        return failed(job, as_error(error, str(job.scan)))


def _read_job(job: Job, run: RunSettings, outcome: Outcome, ends: float | None) -> Outcome:
    """`ends` is when reading must be over, on the monotonic clock."""
    recipe, mode, as_begun = run.recipe, run.mode, outcome
    standing = (version := version_of(job.target)) is not None
    if standing and mode is Mode.SKIP:
        return _followed(job, run, replace(outcome, outcome=SheetOutcome.SKIPPED))
    corrected = standing and is_corrected(job.target)
    with load.ScanFile(job.scan) as file:
        if standing and mode is not Mode.FORCE:
            refuse_another(file, job.target, read_scan_digest(job.target), job.read_from)
        if corrected and mode is not Mode.REDO and not run.hands_own:
            return _followed(job, run, replace(outcome, outcome=SheetOutcome.CORRECTED, reason=KEPT))
        present = fingerprint(file.digest(), job.sheet, recipe, _opened(recipe).steps)
        if standing and mode is Mode.DEFAULT and read_fingerprint(job.target) == present:
            if corrected:
                return _followed(job, run, replace(outcome, outcome=SheetOutcome.CORRECTED, reason=KEPT))
            return _followed(job, run, replace(outcome, outcome=SheetOutcome.UNCHANGED))
        ask_for_room()
        scan = file.sheet(job.sheet, dpi=recipe.scan.dpi)
    page = read_sheet(scan, recipe, name=job.target.stem, timeout_s=ends and ends - time.monotonic())
    careful = standing and run.hands_own and mode is Mode.DEFAULT
    if careful and (first := _surer(job, page)) is not None:
        if corrected:
            return _followed(
                job, run, replace(outcome, outcome=SheetOutcome.CORRECTED, reason=f"{KEPT}; {FIRST_KEPT}")
            )
        # told by its fingerprint, so that the next run does not ask again
        page, outcome = replace(first, fingerprint=present), replace(outcome, reason=FIRST_KEPT)
    if corrected:
        from ocr.corrections.renew import renew  # rarely needed, and not quickly loaded

        old, threshold = job.target.read_bytes(), recipe.record.review_threshold
        try:
            record = renew(old, page, review_threshold=threshold, when=run.when)
        except RecordError as error:
            if mode is Mode.REDO:
                raise
            return _followed(
                job, run, replace(outcome, outcome=SheetOutcome.CORRECTED, reason=f"{KEPT}: {error}")
            )
    else:
        record = to_tei(page, review_threshold=recipe.record.review_threshold, when=run.when)
    if not write_instead(job.target, with_notebook(record, notebook_of(job.scan)), version):
        return _read_job(job, run, as_begun, ends)  # somebody wrote it meanwhile: looked at anew
    done = SheetOutcome.UNCHANGED if outcome.reason else SheetOutcome.DONE
    outcome = replace(outcome, outcome=SheetOutcome.MERGED if corrected else done)
    return _followed(job, run, outcome, scan, None if corrected else page)


def _surer(job: Job, page: Page) -> Page | None:
    """What stands already of the same scan, if it was read with clearly less doubt; else None."""
    try:
        first = parse_tei(job.target)
    except RecordError as error:
        refuse_drive(error)
        return None
    if first.source.sha256 != page.source.sha256 or first.doubt is None or page.doubt is None:
        return None
    return first if page.doubt > first.doubt + _CLEARLY else None


def _followed(
    job: Job, run: RunSettings, outcome: Outcome, scan: load.Scan | None = None, page: Page | None = None
) -> Outcome:
    """The outcome with what the record says, after text and picture were brought up to the record.

    `page` is what a record just written holds; without it the record is read.
    What lies beside the record is renewed, asked for or not; what is missing is made when asked for.
    """
    outcome, left_alone = _header_renewed(job, outcome), []
    if not renew_text(job.target, make="txt" in run.formats, ink=run.ink):
        left_alone.append(str(job.target.with_suffix(TEXT_SUFFIX)))
    try:
        page = page or parse_tei(job.target)
    except RecordError as error:  # TEI that another program wrote
        refuse_drive(error)
        return replace(outcome, reason=outcome.reason or str(error), left_alone=tuple(left_alone))

    def draw(page: Page) -> bytes | None:
        from ocr.scan.explain import overlay

        try:
            return overlay(scan or find_scan(page.source, [job.scan]).load(), page)
        except ScanError as error:
            refuse_drive(error)
            return None  # the record was read from another scan, or it cannot be opened any more

    if not renew_picture(job.target, draw, make=run.explain):
        left_alone.append(str(job.target.with_suffix(load.OVERLAY_SUFFIX)))
    return _counted(replace(outcome, left_alone=tuple(left_alone)), page)


def _header_renewed(job: Job, outcome: Outcome) -> Outcome:
    """The outcome, after a record that stays was told what its notebook.toml says now."""
    if outcome.outcome not in {SheetOutcome.UNCHANGED, SheetOutcome.CORRECTED}:
        return outcome
    record = job.target.read_bytes()
    try:
        renewed = with_notebook(record, notebook_of(job.scan))
    except RecordError as error:  # in an encoding that cannot be edited in place, say
        return replace(
            outcome, reason=f"{outcome.reason or outcome.outcome}; its header is not renewed: {error}"
        )
    if renewed == record or not write_instead(job.target, renewed, sha256_of(record)):
        return outcome
    return replace(outcome, header_renewed=True)


def read_sheet(scan: load.Scan, recipe: Recipe, *, name: str, timeout_s: float | None = None) -> Page:
    """The page of a scan as the recipe's engine reads it, with the fingerprint of what it depends on.

    Raises what opening the engine raises (SettingsError, DependencyError), EngineError, PageTimeoutError.
    """
    engine = _opened(recipe)
    page = read_scan(scan, recipe, engine, name=name, timeout_s=timeout_s)
    source = scan.source
    return replace(page, fingerprint=fingerprint(source.sha256, source.sheet, recipe, engine.steps))


def read_scan(
    scan: load.Scan, recipe: Recipe, engine: Engine, *, name: str, timeout_s: float | None = None
) -> Page:
    """The page as machine and engine see it: leaves, lines, readings; nothing is written."""
    ends = None if timeout_s is None else time.monotonic() + timeout_s

    def left_s() -> float | None:
        return None if ends is None else max(ends - time.monotonic(), 0.1)

    leaves = [_read_leaf(leaf, scan, recipe, engine, left_s) for leaf in prepare(scan, recipe.leaf)]
    # The leaf with most lines speaks for its scan.
    fullest = max(leaves, key=lambda leaf: len(leaf.lines))
    turned = better_upside_down(
        engine, fullest.leaf, fullest.lines, fullest.recognised, recipe.legible, timeout_s=left_s()
    )
    if turned:
        turned_leaves = prepare(scan, recipe.leaf, other_way_up=True)
        leaves = [_read_leaf(leaf, scan, recipe, engine, left_s) for leaf in turned_leaves]
    steps = (_own_step(recipe), *engine.steps)
    surfaces = tuple(_accounted(leaf, _surface(leaf, recipe, engine), scan.pixels, recipe) for leaf in leaves)
    wrote = {region.hand for surface in surfaces for region in surface.regions}
    hands = {other.hand.ident: other.hand for leaf in leaves for other in leaf.others if other.hand}
    return Page(
        name,
        scan.source,
        surfaces,
        steps,
        hands=tuple(hands[ident] for ident in sorted(hands) if ident in wrote),
    )


@dataclass(frozen=True, slots=True)
class _LeafReading:
    """A leaf with its lines and what was read of each."""

    leaf: Leaf
    regions: tuple[Region, ...]
    lines: tuple[Line, ...]
    recognised: tuple[Recognition, ...]
    hand: Hand | None = None
    """Whoever wrote it, where it is not the page's main writer."""
    others: tuple["_LeafReading", ...] = ()
    """What stands on it in other inks."""
    coverage: Coverage | None = None
    """The account of its ink, where it is known before anything is read."""

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """Its lines and those in other inks, whether they are kept or not."""
        return (*self.lines, *(line for other in self.others for line in other.lines))


def _read_leaf(
    leaf: Leaf, scan: load.Scan, recipe: Recipe, engine: Engine, left_s: Callable[[], float | None]
) -> _LeafReading:
    """The lines of a leaf and of its other inks, each wide enough for the letters of its row, and read."""
    regions = find_lines(leaf, recipe.lines, scan.pixels)
    in_other_inks = [find_lines(other, recipe.lines) for other in leaf.other_inks]
    lines = [line for layer in (regions, *in_other_inks) for region in layer for line in region.lines]
    coverage = coverage_of(leaf, [line.outline for line in lines], scan.pixels) if lines else None
    wide = regions if coverage is None else widened(leaf, regions, coverage.places)
    others = tuple(
        _recognised(other, of_ink, engine, left_s, hand=_hand(other))
        for other, of_ink in zip(leaf.other_inks, in_other_inks, strict=True)
    )
    recognised = _recognised(leaf, with_border_doubt(leaf, wide), engine, left_s, others=others)
    return replace(recognised, coverage=coverage if wide == regions else None)


def _recognised(
    leaf: Leaf,
    regions: tuple[Region, ...],
    engine: Engine,
    left_s: Callable[[], float | None],
    *,
    hand: Hand | None = None,
    others: tuple[_LeafReading, ...] = (),
) -> _LeafReading:
    lines = tuple(line for region in regions for line in region.lines)
    recognised = tuple(recognise(engine, leaf, lines, timeout_s=left_s()))
    return _LeafReading(leaf, regions, lines, recognised, hand, others)


def _surface(of: _LeafReading, recipe: Recipe, engine: Engine) -> Surface:
    """The surface of a leaf; without regions, and with a reason, when there is no writing on it."""
    leaf, lines, recognised = of.leaf, of.lines, of.recognised
    if not is_writing(engine, lines, recognised, recipe.legible, mean_text_probability(leaf, lines)):
        return Surface(leaf.box, (), leaf.skew, NO_LETTERS, leaf.ruling)
    if not lines:
        remark = leaf.remark if leaf.remark.startswith("no text found") else NO_LINES
        return Surface(leaf.box, (), leaf.skew, remark, leaf.ruling)
    least = recipe.lines.least_sure
    read = tuple(region for layer in (of, *of.others) for region in _with_readings(layer, least))
    # What reads well stands upright, however it was guessed.
    sure = leaf.remark == GUESSED and (mean_legibility(recognised) or 0.0) >= recipe.legible.doubtful
    return Surface(leaf.box, read, leaf.skew, "" if sure else leaf.remark, leaf.ruling)


def _accounted(of: _LeafReading, surface: Surface, pixels: Pixels, recipe: Recipe) -> Surface:
    """The surface with the account of its ink, counted anew where not all lines are kept as they were;
    words under blots and at edges are in doubt, columns of numbers in cells."""
    coverage = of.coverage
    if coverage is None or len(surface.lines) < len(of.all_lines):
        coverage = coverage_of(of.leaf, [line.outline for line in surface.lines], pixels)
    surface = with_coverage(surface, coverage, of.all_lines, recipe.coverage)
    surface = under_blots(surface, blots_of(of.leaf, pixels))
    return with_number_columns(at_edges(surface, edges_of(of.leaf, pixels)), of.leaf.to_scan)


def _with_readings(of: _LeafReading, least_sure: float) -> Iterator[Region]:
    """The regions with what was read of each line; of another ink only words and numbers, no rings. Marks of
    words are kept that are so sure."""
    after = iter(zip(of.lines, of.recognised, strict=True))
    for region in of.regions:
        lines = tuple(
            replace(line, readings=tuple(sure_marks(each, least_sure) for each in (*others, reading)))
            for line, (reading, _, others) in islice(after, len(region.lines))
            if of.hand is None or holds_words(reading)
        )
        if lines:
            yield replace(region, lines=lines, hand=of.hand.ident if of.hand else None)


def _hand(other: Leaf) -> Hand:
    """Whoever wrote in this other ink: one hand for each colour."""
    return Hand(f"ink-{other.colour_name}", f"{other.colour_name} ink", other.colour)


def _own_step(recipe: Recipe) -> Step:
    """What this program did before an engine read."""
    settings = tuple(
        (f"{part}.{key}", str(value))
        for part in (*LEAF_PARTS, "lines", "legible", "coverage")
        for key, value in as_told(getattr(recipe, part)).items()
    )
    return Step("tetradi", "tetradi", __version__, settings)


@lru_cache(maxsize=2)
def _opened(recipe: Recipe) -> Engine:
    """The engine of a recipe, opened once in this process; of hands' models the last two stay."""
    return open_engine(recipe.engine, recipe.of_engine)


def make_ready(recipe: Recipe) -> None:
    """Takes for a reading process what it takes for good: libraries, models, what they keep for reckoning."""
    _opened(recipe)
    np.ones((512, 512)) @ np.ones((512, 512))  # OpenBLAS ends the process if it cannot take its room later on


def reader_steps(recipe: Recipe) -> tuple[Step, ...]:
    """Who will read; raises what opening the engine raises, so that a run can fail before it begins."""
    return _opened(recipe).steps


def _counted(outcome: Outcome, page: Page) -> Outcome:
    """The outcome with what was found, summed from the page."""
    readings = [line.reading for line in page.lines]
    words = [word for reading in readings if reading for word in reading.words]
    known = [round(word.confidence, 4) for word in words if word.confidence is not None]  # as records do
    remarks = [surface.remark for surface in page.surfaces if surface.remark]
    unread = sum(1 for _ in page.unread)
    if page.partial and outcome.outcome in (SheetOutcome.DONE, SheetOutcome.MERGED, SheetOutcome.UNCHANGED):
        if page.source.damage:
            remarks.append(
                f"the file is damaged inside ({page.source.damage}): part of the picture may be missing or "
                "out of place; copy or scan it again"
            )
        if unread:
            what = "1 place that looks" if unread == 1 else f"{unread} places that look"
            remarks.append(
                f"read in part: {what} like writing in no line, {page.ink_uncovered or 0:.1%} of the "
                "writing; they are gaps in the TEI, and --explain shows them"
            )
        outcome = replace(outcome, outcome=SheetOutcome.PARTIAL, exit_code=READ_IN_PART)
    share = page.ink_uncovered
    return replace(
        outcome,
        reason=outcome.reason or "; ".join(remarks),
        lines=len(readings),
        words=len(words),
        unread_lines=sum(1 for reading in readings if reading is None or reading.failure is not None),
        unread_places=None if all(surface.ink is None for surface in page.surfaces) else unread,
        marked_ink_uncovered=None if share is None else round(share, 4),
        mean_confidence=round(sum(known) / len(known), 4) if known else None,
    )


def fingerprint(digest: str, sheet: int, recipe: Recipe, readers: tuple[Step, ...]) -> str:
    """What the record depends on, as a digest: the scan's bytes (their sha256), settings, engine, program."""
    # the engine says itself which model it has, wherever that lies
    recipe = replace(recipe, cursive=replace(recipe.cursive, model=""))
    what = {
        "format": RECORD_FORMAT,
        "version": __version__,
        "scan": digest,
        "sheet": sheet,
        "recipe": as_told(recipe),
        "engines": [[step.ident, step.version, list(step.settings)] for step in readers],
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
