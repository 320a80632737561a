"""The import command: what it says, and how it ends."""

from pathlib import Path

from typer.testing import CliRunner

from ocr.cli.app import app
from tests.imports.exports import export, page


def test_what_was_done_and_what_is_left_out_is_named(tmp_path: Path) -> None:
    folder = export(tmp_path / "book", "0001")
    (folder / "page" / "0001.xml").write_bytes(
        page("слово", custom="person {offset:0; length:2;}", status="GT")
    )
    done = CliRunner().invoke(app, ["import", str(folder), "-o", str(tmp_path / "out"), "--by", "Анна"])
    assert done.exit_code == 0, done.output
    assert "1 page(s) imported" in done.output
    assert "1 lines, 1 of them corrected" in done.output
    assert "passed over: 1 x mets (mets.xml)" in done.output
    assert "left out: 1 x tag person" in done.output
    again = CliRunner().invoke(app, ["import", str(folder), "-o", str(tmp_path / "out"), "--by", "Анна"])
    assert "1 page(s) unchanged" in again.output


def test_exit_codes_tell_what_went_wrong(tmp_path: Path) -> None:
    folder = export(tmp_path / "book", "0001", "0002")
    (folder / "0001.png").unlink()
    (folder / "0001.png").mkdir()
    one = CliRunner().invoke(app, ["import", str(folder), "-o", str(tmp_path / "one")])
    assert one.exit_code == 4
    assert "0001" in one.output
    (folder / "page" / "0002.xml").write_bytes(b"<PcGts>")
    both = CliRunner().invoke(app, ["import", str(folder), "-o", str(tmp_path / "both")])
    assert both.exit_code == 6
    none = CliRunner().invoke(app, ["import", str(tmp_path / "nothing"), "-o", str(tmp_path / "none")])
    assert none.exit_code == 4
