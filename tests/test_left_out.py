"""What a run of the tests leaves out is told, whatever plugins of pytest are on."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPED = 'import pytest\n\n\ndef test_rare() -> None:\n    pytest.skip("the moon is down")\n'


@pytest.mark.parametrize("more", [(), ("--left-out",)], ids=["all", "left-out"])
@pytest.mark.parametrize("plugins", [(), ("-p", "no:cacheprovider")], ids=["cache", "no-cache"])
def test_what_is_left_out_is_told_with_a_cache_and_without(
    tmp_path: Path, plugins: tuple[str, ...], more: tuple[str, ...]
) -> None:
    shutil.copy(Path(__file__).parent / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_rare.py").write_text(SKIPPED)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *more],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Error" not in run.stdout + run.stderr, run.stdout + run.stderr
    assert ("left out: 1 test: the moon is down" in run.stdout) is (not more)
