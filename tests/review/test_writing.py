import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ocr.derived import renew_text
from ocr.tei.validate import validate
from tests.review.desks import Set, opened, set_up


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def _page(desk: Set) -> dict[str, Any]:
    value: dict[str, Any] = desk.client.get(f"/api/pages/{desk.first()}").json()
    return value


def _send(desk: Set, etag: str, *changes: dict[str, Any], **more: Any) -> httpx2.Response:
    body = {"changes": list(changes), **more}
    return desk.client.post(f"/api/pages/{desk.first()}/changes", json=body, headers={"If-Match": etag})


def _correct(page: dict[str, Any], line: int, word: int, text: str) -> dict[str, Any]:
    tokens = [dict(token) for token in page["lines"][line]["tokens"]]
    tokens[word]["text"] = text
    return {"change": "CorrectLine", "line": page["lines"][line]["id"], "tokens": tokens}


def test_a_correction_is_saved_with_who_and_what_was_there(desk: Set) -> None:
    page = _page(desk)
    accept = {"change": "AcceptLine", "line": "s1_r1_l1"}
    answer = _send(desk, page["etag"], _correct(page, 0, 3, "отставнаго"), accept, by="В. Г.")
    assert answer.status_code == 200
    assert answer.json()["etag"] == answer.headers["etag"] != page["etag"]
    now = _page(desk)
    assert now["etag"] == answer.headers["etag"]
    line = now["lines"][0]
    assert (line["tokens"][3]["text"], line["tokens"][3]["machine"]) == ("отставнаго", "отставному")
    assert (line["state"], now["people"][line["by"]]) == ("corrected", "В. Г.")
    assert line["machine"] == page["lines"][0]["machine"]
    assert now["lines"][1:] == page["lines"][1:]
    record = desk.root / "output/one/page-1.xml"
    assert validate(record) == []
    assert _page(opened(desk.root)) == now
    listed = desk.client.get(f"/api/notebooks/{desk.desk.notebooks()[0].ident}/pages").json()[0]
    assert (listed["accepted"], listed["lines"]) == (1, 12)


def test_the_machines_reading_stays_as_read_when_words_are_split_or_joined(desk: Set) -> None:
    page = _page(desk)
    line = page["lines"][0]
    as_read = line["machine"]
    for words in ("Въ ис хо дѣ года отставному учителю", "Въисходѣ года отставно му учи телю", "одно", ""):
        tokens = [{"text": word} for word in words.split()]
        change = {"change": "CorrectLine", "line": line["id"], "tokens": tokens}
        assert _send(desk, _page(desk)["etag"], change).status_code == 200
        assert _page(desk)["lines"][0]["machine"] == as_read, words


def test_the_plain_text_follows_what_is_saved(desk: Set) -> None:
    record = desk.root / "output/one/page-1.xml"
    text = record.with_suffix(".txt")
    page = _page(desk)
    assert _send(desk, page["etag"], _correct(page, 0, 0, "Во")).status_code == 200
    assert not text.exists()  # who wants none gets none
    renew_text(record, make=True)
    page = _page(desk)
    assert _send(desk, page["etag"], _correct(page, 0, 0, "Возлѣ")).status_code == 200
    assert text.read_text("utf-8").startswith("Возлѣ исходѣ")
    assert not _page(desk)["text_anothers"]


def test_a_text_that_somebody_else_wrote_stays_and_that_is_told(desk: Set) -> None:
    text = desk.root / "output/one/page-1.txt"
    text.write_text("моё\n", "utf-8")
    page = _page(desk)
    assert _send(desk, page["etag"], _correct(page, 0, 0, "Возлѣ")).status_code == 200
    assert text.read_text("utf-8") == "моё\n"
    assert _page(desk)["text_anothers"]


def test_only_lines_that_changed_are_told_to_who_knows_the_rest(desk: Set) -> None:
    page = _page(desk)
    _send(desk, page["etag"], _correct(page, 4, 0, "Иное"))
    place = f"/api/pages/{desk.first()}"
    told = desk.client.get(f"{place}?since={page['etag'].strip(chr(34))}").json()
    now = _page(desk)
    assert told == {**now, "lines": [now["lines"][4]]}
    assert told["order"] == [line["id"] for line in now["lines"]]
    for unknown in ("", "x", "0" * 64):
        assert desk.client.get(f"{place}?since={unknown}").json() == now


def test_a_stale_correction_is_refused_with_the_page_as_it_is(desk: Set) -> None:
    page = _page(desk)
    assert _send(desk, page["etag"], _correct(page, 0, 4, "их")).status_code == 200
    stale = _send(desk, page["etag"], _correct(page, 0, 0, "Мой"))
    assert stale.status_code == 412
    assert stale.headers["etag"] == stale.json()["page"]["etag"]
    assert stale.json()["page"] == _page(desk)


def test_what_must_be_sent(desk: Set) -> None:
    page = _page(desk)
    accept = {"change": "AcceptLine", "line": "s1_r1_l1"}
    for etag in ("W/" + page["etag"], '"x"', page["etag"].strip('"')):
        assert _send(desk, etag, accept).status_code == 412
    assert _send(desk, f'"x", {page["etag"]}', accept).status_code == 200
    assert _send(desk, "*", accept).status_code == 428


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "JSON"),
        (b"[" * 200_000, 400, "JSON"),
        (b"[1]", 400, "object"),
        (b'{"changes": []}', 400, "list"),
        (b'{"changes": [7]}', 400, "changes[0]"),
        (b'{"changes": [{"change": "AcceptLin", "line": "x"}]}', 400, "'AcceptLine'"),
        (b'{"changes": [{"change": "AcceptLine"}]}', 400, "line"),
        (b'{"changes": [{"change": "AcceptLine", "lin": "x"}]}', 400, "'line'"),
        (b'{"changes": [{"change": "AcceptLine", "line": 7}]}', 400, "text"),
        (b'{"changes": [{"change": "AcceptLine", "line": "\\ud800"}]}', 400, "half"),
        (b'{"changes": [{"change": "AcceptLine", "line": "none"}]}', 422, "none"),
        (b'{"changes": [{"change": "AcceptLine", "line": "s1_r1_l1", "state": "good"}]}', 422, "good"),
        (b'{"changes": [{"change": "CorrectLine", "line": "s1_r1_l1", "tokens": [{"text": NaN}]}]}', 400, ""),
        (b'{"changes": [{"change": "MoveBaseline", "line": "s1_r1_l1", "points": [[1, 1e400]]}]}', 400, ""),
        (b'{"by": " ", "changes": [{"change": "AcceptLine", "line": "s1_r1_l1"}]}', 400, "by"),
        (b'{"by": "a\\u0000b", "changes": [{"change": "AcceptLine", "line": "s1_r1_l1"}]}', 400, "by"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_and_changes_nothing(
    desk: Set, body: bytes, status: int, said: str
) -> None:
    record = desk.root / "output/one/page-1.xml"
    before, etag = record.read_bytes(), _page(desk)["etag"]
    answer = desk.client.post(
        f"/api/pages/{desk.first()}/changes",
        content=body,
        headers={"If-Match": etag, "Content-Type": "application/json"},
    )
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert record.read_bytes() == before


def test_all_changes_or_none(desk: Set) -> None:
    page = _page(desk)
    bad = {"change": "AcceptLine", "line": "none"}
    assert _send(desk, page["etag"], _correct(page, 0, 0, "Мой"), bad).status_code == 422
    assert _page(desk)["etag"] == page["etag"]


def test_text_never_becomes_markup(desk: Set) -> None:
    page = _page(desk)
    text = "<lb/>&amp;]]>\"'"
    assert _send(desk, page["etag"], _correct(page, 0, 0, text)).status_code == 200
    assert _page(desk)["lines"][0]["tokens"][0]["text"] == text
    assert len(_page(desk)["lines"]) == 12


def test_history(desk: Set) -> None:
    page = _page(desk)
    place = f"/api/pages/{desk.first()}/history/s1_r1_l1"
    assert desk.client.get(place).json() == []
    _send(desk, page["etag"], _correct(page, 0, 0, "Разъ"))
    now = _page(desk)
    _send(desk, now["etag"], _correct(now, 0, 0, "Два"))
    past = desk.client.get(place).json()
    assert [one["text"].split()[0] for one in past] == ["Два", "Разъ", "Въ"]
    assert past[0]["who"] == "А. Б."


def test_what_another_program_wrote_is_merged(desk: Set) -> None:
    page = _page(desk)
    _send(desk, page["etag"], _correct(page, 0, 0, "Мой"))
    record = desk.root / "output/one/page-1.xml"
    record.write_text(record.read_text("utf-8").replace(">года<", ">лѣта<"), "utf-8")
    now = _page(desk)
    assert [token["text"] for token in now["lines"][0]["tokens"]][:3] == ["Мой", "исходѣ", "лѣта"]
    assert now["conflicts"] == []


def test_many_writers_lose_nothing(desk: Set) -> None:
    page = _page(desk)

    def write(line: int) -> None:
        now = page
        while True:
            answer = _send(desk, now["etag"], _correct(now, line, 0, f"слово{line}"))
            if answer.status_code == 200:
                return
            assert answer.status_code == 412
            now = answer.json()["page"]

    writers = [threading.Thread(target=write, args=(line,)) for line in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    firsts = [line["tokens"][0]["text"] for line in _page(desk)["lines"]]
    assert firsts[:6] == [f"слово{line}" for line in range(6)]


def test_two_transcriptions_side_by_side(tmp_path: Path) -> None:
    other = set_up(tmp_path / "b")
    page = _page(other)
    _send(other, page["etag"], _correct(page, 2, 1, "иначе"))
    desk = set_up(tmp_path / "a", others=(tmp_path / "b/output",))
    told = desk.client.get(f"/api/pages/{desk.first()}/compare").json()
    differing = [line for line in told["lines"] if not line["same"]]
    assert [line["line"] for line in differing] == ["s1_r1_l3"]
    pair = next(pair for pair in differing[0]["pairs"] if not pair["same"])
    assert [[t["text"] for t in pair[side]] for side in ("ours", "theirs")] == [["для"], ["иначе"]]
    assert desk.client.get(f"/api/pages/{desk.first()}/compare?other=1").status_code == 404


def test_a_stale_save_is_answered_with_the_merge(desk: Set) -> None:
    page = _page(desk)
    line = page["lines"][0]
    base = [{"text": token["text"]} for token in line["tokens"]]
    assert _send(desk, page["etag"], _correct(page, 0, 4, "их")).status_code == 200
    accept = {"change": "AcceptLine", "line": page["lines"][1]["id"]}
    sent = {line["id"]: base, page["lines"][1]["id"]: [{"text": "иначе"}], "no_such_line": base}
    stale = _send(desk, page["etag"], _correct(page, 0, 0, "Мой"), accept, base=sent)
    assert stale.status_code == 412
    merge = stale.json()["merge"]
    assert merge.keys() == {line["id"], page["lines"][1]["id"]}
    runs = merge[line["id"]]
    assert [run["pick"] for run in runs] == [
        "mine",
        "mine",
        "mine",
        "mine",
        "theirs",
        *["mine"] * (len(base) - 5),
    ]
    chosen = [token["text"] for run in runs for token in run[run["pick"]]]
    words = [token["text"] for token in line["tokens"]]
    assert chosen == ["Мой", *words[1:4], "их", *words[5:]]
    # of a line that was only accepted mine is what it was; both sides changed it in no word
    assert all(run["pick"] == "theirs" for run in merge[page["lines"][1]["id"]])


def test_where_both_changed_a_word_the_merge_picks_none(desk: Set) -> None:
    page = _page(desk)
    base = {page["lines"][0]["id"]: page["lines"][0]["tokens"]}
    assert _send(desk, page["etag"], _correct(page, 0, 0, "Чужой")).status_code == 200
    runs = _send(desk, page["etag"], _correct(page, 0, 0, "Мой"), base=base).json()["merge"]
    first = runs[page["lines"][0]["id"]][0]
    assert first["pick"] is None
    assert [first[side][0]["text"] for side in ("mine", "theirs")] == ["Мой", "Чужой"]
    unfit: tuple[object, ...] = ([], {"l": 3}, {"l": [{"txt": "x"}]})
    for wrong in unfit:
        refused = _send(desk, page["etag"], _correct(page, 0, 0, "Мой"), base=wrong)
        assert refused.status_code == 400, wrong
