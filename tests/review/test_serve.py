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
_RUN = "sys.argv[0] = 'ocr'; runpy.run_module('ocr', run_name='__main__')"


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
        assert httpx2.get(address, timeout=30, follow_redirects=True).status_code == 200  # as it is printed
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of files")
def test_connections_that_ask_for_nothing_do_not_stop_the_desk(output: Path) -> None:
    program = f"import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (256, 256)); import runpy, sys; {_RUN}"
    command = [sys.executable, "-u", "-c", program, "review", str(output), "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as desk:
        address = _address(desk)
        port = int(address.rstrip("/").rpartition(":")[2])
        silent = []
        for number in range(350):
            silent.append(socket.create_connection(("127.0.0.1", port), timeout=30))
            if number % 2:
                silent[-1].sendall(b"GET /api/desk HTTP/1.1\r\n")  # and never the rest
            if number % 50 == 0:
                assert httpx2.get(f"{address}api/desk", timeout=30).status_code == 200
        assert httpx2.get(f"{address}api/desk", timeout=30).status_code == 200
        for one in silent:
            one.close()
        desk.send_signal(signal.SIGINT)
        _, said = desk.communicate(timeout=30)
        assert said.count("connections at once") == 1
        assert len(said.splitlines()) <= 2, said  # how the desk is closed, and that there were too many
