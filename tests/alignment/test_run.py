"""A transcription written into records: whose words they are, what stays, what is refused."""

from pathlib import Path

import pytest

from ocr.alignment.run import AlignedRecord, align
from ocr.corrections.changes import CorrectLine, MergeLines, edit
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.errors import ComparisonError, RecordError
from ocr.tei.names import XML_ID, q
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from tests.exports.records import record_of

READ = (
    "Споcобныя къ судоходcтву ръки въ губер-\n"
    "ніи: Енисей, Туба, Оя, Аигара или\n"
    "Верхняя Тунгуска Кеть, Уcолка и",
    "Главнъйшая пристаиь въ губерніи\n"
    "находится въ г. Енисейскъ, куда сплав-\n"
    "ляется хлъбъ и другіе предметы для",
)
TEXT = (
    "Способныя къ судоходству рѣки въ губерніи: Енисей, Туба, Оя, Ангара или Верхняя Тунгуска, Кеть, Усолка "
    "и Главнѣйшая пристань въ губерніи находится въ г. Енисейскѣ, куда сплавляется хлѣбъ и другіе предметы "
    "для"
)
ANOTHER = "Мой дядя самых честных правил, когда не в шутку занемог. " * 9
LINES = [
    "Способныя къ судоходству рѣки въ губер-",
    "ніи: Енисей, Туба, Оя, Ангара или",
    "Верхняя Тунгуска, Кеть, Усолка и",
    "Главнѣйшая пристань въ губерніи",
    "находится въ г. Енисейскѣ, куда сплав-",
    "ляется хлѣбъ и другіе предметы для",
]


def _record(folder: Path, name: str, content: bytes) -> Path:
    path = folder / f"{name}.xml"
    path.write_bytes(content)
    return path


def _texts(content: bytes | None) -> list[str]:
    assert content is not None
    return [" ".join(token.text for token in line.tokens) for line in view(content).lines]


def _align(text: str, *records: Path) -> list[AlignedRecord]:
    return list(align(text, records, "Издание 2022 г.", "2026-01-02"))


def test_lines_get_the_words_of_the_edition_and_are_corrected_by_it(tmp_path: Path) -> None:
    (page,) = _align(TEXT, _record(tmp_path, "p1", record_of(*READ)))
    assert _texts(page.content) == LINES
    assert page.content is not None
    record = view(page.content)
    assert {line.state for line in record.lines} == {"corrected"}
    assert [record.people[line.state_by or ""] for line in record.lines] == ["Издание 2022 г."] * 6
    assert record.lines[0].tokens[0].machine == "Споcобныя"
    assert all(token.box is not None for line in record.lines for token in line.tokens)
    assert not problems_of(load(page.content))
    assert all(line.laid.likeness > 0.8 for line in page.lines)


def test_the_record_tells_of_each_line_how_like_its_words_are(tmp_path: Path) -> None:
    (page,) = _align(TEXT, _record(tmp_path, "p1", record_of(*READ)))
    assert page.content is not None
    root = load(page.content)
    edition = next(
        e.get(XML_ID) for e in root.iter(q("respStmt")) if "Издание" in "".join(map(str, e.itertext()))
    )
    for element, line in zip(root.iter(q("certainty")), page.lines, strict=True):
        assert (element.get("target"), element.get("resp")) == (f"#{line.line}", f"#{edition}")
        assert float(element.get("degree", "")) == pytest.approx(line.laid.likeness, abs=1e-4)
    assert not problems_of(root)
    joined = edit(page.content, MergeLines("s1_r1_l1", "s1_r1_l2"), "А. Б.", "2026-01-03")
    assert not problems_of(load(joined)), "pointers of a line that is no more lead to the one it is part of"


def test_what_a_person_wrote_stays(tmp_path: Path) -> None:
    theirs = edit(record_of(*READ), CorrectLine("s1_r1_l2", (Token("моё"),)), "А. Б.", "2026-01-01")
    (page,) = _align(TEXT, _record(tmp_path, "p1", theirs))
    assert _texts(page.content) == [LINES[0], "моё", *LINES[2:]]
    assert [line.is_persons for line in page.lines] == [False, True, False, False, False, False]


def test_pages_may_be_in_any_order_in_the_text(tmp_path: Path) -> None:
    filler = "Совсем другая страница о другом деле, которой в записях нет. " * 3
    first = _record(tmp_path, "p1", record_of(READ[0]))
    second = _record(tmp_path, "p2", record_of(READ[1]))
    head, tail = TEXT[: TEXT.index("Главнѣ")], TEXT[TEXT.index("Главнѣ") :]
    one, two = _align(f"{tail} {filler} {head}", first, second)
    assert _texts(one.content) + _texts(two.content) == LINES


def test_a_text_of_another_notebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ComparisonError, match="no transcription of these pages"):
        _align(
            "Мой дядя самых честных правил, когда не в шутку занемог. " * 9,
            _record(tmp_path, "p1", record_of(*READ)),
        )


def test_a_file_that_is_no_tei_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"p1\.xml"):
        _align(TEXT, _record(tmp_path, "p1", b"<x"))
