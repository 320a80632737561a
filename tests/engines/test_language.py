"""The language model: it foretells and adds up to one."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from ocr.engines.language import SHIPPED, CharModel, SpellingMixture, load_language, log_p_of
from ocr.errors import DependencyError, EngineError
from ocr.synth.text import ALPHABET
from tests.engines.languages import codes, small_language


@pytest.fixture
def model() -> CharModel:
    return small_language()


def test_shares_add_up_to_one_and_what_was_seen_is_likelier(model: CharModel) -> None:
    after = model.spellings["new"].after
    for before in (b"", b"\0", codes("ма"), codes("мыла р"), codes("щщщщ"), codes("жам")):
        assert np.exp(after(before)).sum() == pytest.approx(1, abs=0.04)  # shares are kept in sixteenths
    told = after(codes("мыла р"))
    assert ALPHABET[int(told.argmax()) - 1] == "а"


def test_a_file_comes_back(model: CharModel, tmp_path: Path) -> None:
    model.save(tmp_path / "m.npz")
    again = load_language(tmp_path / "m.npz")
    assert again.alphabet == ALPHABET
    assert again.digest
    same = again.spellings["new"].after(codes("ма")) == model.spellings["new"].after(codes("ма"))
    assert same.all()
    with pytest.raises(DependencyError):
        load_language(tmp_path / "none.npz")
    (tmp_path / "bad.npz").write_bytes(b"PK no model")
    with pytest.raises(EngineError):
        load_language(tmp_path / "bad.npz")


def test_many_lines_at_once_are_foretold_as_each_by_itself(model: CharModel) -> None:
    new = model.spellings["new"]
    mixed = SpellingMixture(new, new)
    lines = [codes("мама мыла р"), b"", codes("щщ ра"), codes("а мы мыли мам")]
    following = np.array([codes("а")[0], codes("м")[0], 0, codes("у")[0]])
    for spelling in (new, mixed):
        logs, states = spelling.follow(spelling.begin(lines), following)
        for n, (line, code) in enumerate(zip(lines, following.tolist(), strict=True)):
            assert logs[n] == pytest.approx(new.after(line)[code], abs=1e-5)
            if code:
                assert (states[n] == spelling.begin([line + bytes((code,))])[0]).all()
    end = log_p_of(new, codes("мама мыла"), codes(" раму") + b"\0")
    assert end == pytest.approx(
        sum(
            new.after(codes("мама мыла раму"[:n]))[code]
            for n, code in enumerate(codes("мама мыла раму") + b"\0")
            if n > 8
        ),
        abs=1e-4,
    )


def test_a_spelling_that_nobody_asks_for_takes_no_memory_but_what_is_kept_of_it() -> None:
    with np.load(SHIPPED) as stored:
        sizes = {
            name: sum(stored[part].nbytes for part in stored if part.startswith(name))
            for name in ("new", "old")
        }
    tracemalloc.start()
    language = load_language()
    opened, _ = tracemalloc.get_traced_memory()
    language.spellings["new"].after(b"\1\2\3\4\5\6\7")
    asked, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kept = sum(sizes.values())
    assert opened < 1.1 * kept
    assert asked - opened < sizes["new"]
