"""XML from outside: read safely, or refused in a sentence."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import RecordError
from ocr.tei.parse import parse_tei
from ocr.tei.validate import validate
from tests.tei.lines import text_lines

TYPED = "<!DOCTYPE TEI [<!ENTITY a 'b'>]><TEI xmlns='http://www.tei-c.org/ns/1.0'>&a;</TEI>"


TEI = '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body>{}</body></text></TEI>'


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"<a/>",
        b"<TEI/>",
        b"<TEI xmlns='http://www.tei-c.org/ns/1.0'>",
        b"<!DOCTYPE TEI><TEI xmlns='http://www.tei-c.org/ns/1.0'/>",
        b"<!DOCTYPE T [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><TEI xmlns='http://www.tei-c.org/ns/1.0'>&b;</TEI>",
        b"<!DOCTYPE T SYSTEM 'file:///etc/passwd'><TEI xmlns='http://www.tei-c.org/ns/1.0'/>",
        b"<?xml version='1.0' encoding='nonsense'?><TEI/>",
        *(
            f"<?xml version='1.0' encoding='{name}'?>".encode() + TYPED.encode(name)
            for name in ("cp1251", "koi8-r", "cp866", "iso8859-5", "shift_jis", "gb18030", "big5")
        ),
        b"<?xml version='1.0' encoding='UTF-7'?>" + TYPED.replace("<!", "+ADwAIQ-").encode(),
    ],
)
def test_what_is_no_tei_is_refused(held: bytes, tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        text_lines(held)
    path = tmp_path / "a.xml"
    path.write_bytes(held)
    assert validate(path)


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda t: TEI.format(t).encode("utf-8", "ignore")))
def test_bytes_of_any_kind_give_lines_or_a_record_error(held: bytes) -> None:
    for read in (text_lines, parse_tei):
        with suppress(RecordError):
            read(held)
