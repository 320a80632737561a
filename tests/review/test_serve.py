import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.review.desks import write_page

ROOT = Path(__file__).parents[2]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    write_page(tmp_path, "one/page-1")
    return tmp_path / "output"


def _begin(output: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "-m", "ocr", "review", str(output), "--no-browser", "--port", "0", *more]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def _address(desk: subprocess.Popen[str]) -> str:
    assert desk.stderr is not None
    found = re.search(r"http://\S+", desk.stderr.readline())
    assert found is not None
    return found[0]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_one_command_opens_the_desk_and_ctrl_c_closes_it(output: Path, sent: signal.Signals) -> None:
    with _begin(output, "--by", "В. Г.") as desk:
        address = _address(desk)
        told = httpx2.get(f"{address}api/desk", timeout=30).json()
        assert told["me"]["name"] == "В. Г."
        page = httpx2.get(f"{address}api/queue", timeout=30)
        assert page.status_code == 200
        os.kill(desk.pid, sent)
        _, said = desk.communicate(timeout=30)
        assert desk.returncode in {0, 130}
        assert "Traceback" not in said


def test_a_desk_for_others_has_a_token(output: Path) -> None:
    with _begin(output, "--host", "0.0.0.0") as desk:
        address = _address(desk)
        port = re.search(r":(\d+)/\?token=(\S+)", address)
        assert port is not None
        here = f"http://127.0.0.1:{port[1]}/api/desk"
        assert httpx2.get(here, timeout=30).status_code == 401
        assert httpx2.get(here, timeout=30, headers={"Authorization": f"Bearer {port[2]}"}).status_code == 200
        desk.send_signal(signal.SIGINT)
        desk.communicate(timeout=30)


def test_a_port_that_is_taken_and_folders_that_are_not_there(output: Path) -> None:
    from ocr.errors import OutputError, SettingsError
    from ocr.review.serve import Opening, listen, open_desk

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OutputError, match="--port"):
        listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(SettingsError, match="no address"):
        listen("no.such.host.invalid", 0)
    with pytest.raises(SettingsError, match="no folder"):
        open_desk(output / "missing", (), (), Opening(), print)
