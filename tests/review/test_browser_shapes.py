"""Lines mended as lines, in a real browser: item 5 of the desk."""

from collections.abc import Callable
from typing import Any

import pytest

from ocr.tei.validate import validate
from tests.review.conftest import Window


@pytest.fixture
def opened(window: Window) -> Window:
    window.open()
    window.page.wait_for_function("() => document.querySelector('.scan-lines polygon') !== null")
    return window


def _lines(window: Window) -> list[tuple[str, str]]:
    return [(line["id"], " ".join(t["text"] for t in line["tokens"])) for line in window.lines()]


def _row(window: Window, number: int) -> None:
    window.page.locator(".line").nth(number).locator(".w").first.click()


def test_split_and_join_and_undo(opened: Window) -> None:
    before = _lines(opened)
    words = before[0][1].split()
    opened.keys("Home", "Control+ArrowRight", "F2", "Enter")
    opened.page.locator(f".line >> nth={len(before)}").wait_for()
    opened.saved()
    now = _lines(opened)
    assert [text for _, text in now[:2]] == [words[0], " ".join(words[1:])]
    opened.keys("F2", "Backspace")
    opened.page.wait_for_function("n => document.querySelectorAll('.line').length === n", arg=len(before))
    opened.saved()
    assert _lines(opened)[0][1] == before[0][1]
    opened.keys("Control+z")
    opened.page.locator(f".line >> nth={len(before)}").wait_for()
    opened.saved()
    assert len(_lines(opened)) == len(before) + 1


def _dot(window: Window, kind: str) -> Any:
    return window.page.locator(f".scan-tools circle.on-{kind}").first


def test_a_baseline_dragged_by_mouse(opened: Window) -> None:
    before = opened.lines()[0]["baseline"]
    opened.keys("F2", "o")
    dot = _dot(opened, "baseline")
    dot.hover()  # which waits until it stands still
    box = dot.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    opened.page.mouse.move(x, y + 12, steps=3)
    opened.page.mouse.up()
    opened.page.get_by_role("button", name="Save the shape").click()
    opened.saved()
    after = opened.lines()[0]["baseline"]
    assert after[0][1] > before[0][1] + 1
    assert after[1:] == before[1:]
    opened.keys("Control+z")
    opened.saved()
    assert opened.lines()[0]["baseline"] == before


def test_an_outline_moved_with_keys_alone(opened: Window) -> None:
    before = opened.lines()[0]["outline"]
    opened.keys("F2", "o", "ArrowUp", "ArrowUp", "Tab", "Insert", "Delete", "Enter")
    opened.page.locator("#shaping[hidden]").wait_for(state="attached")
    opened.saved()
    after = opened.lines()[0]["outline"]
    assert after[0] == [before[0][0], before[0][1] - 4]


def test_an_outline_drawn_anew_by_clicking(opened: Window) -> None:
    opened.keys("F2", "o")
    opened.still()
    opened.page.get_by_role("button", name="Draw the outline anew").click()
    box = opened.page.locator("#scan").bounding_box()
    for n, (x, y) in enumerate(((200, 250), (450, 260), (440, 330), (210, 320))):
        opened.page.mouse.click(box["x"] + x, box["y"] + y)
        opened.page.locator(f".scan-tools circle.on-outline >> nth={n}").wait_for(state="attached")
        opened.page.wait_for_function("() => document.activeElement?.className === 'board'")
    opened.keys("Enter", "Enter")
    opened.page.locator("#shaping[hidden]").wait_for(state="attached")
    opened.saved()
    assert len(opened.lines()[0]["outline"]) == 4


def test_a_forgotten_line_is_added_and_taken_back(opened: Window) -> None:
    before = _lines(opened)
    opened.keys("F2", "Shift+Enter")
    opened.page.get_by_role("button", name="Save the shape").click()
    opened.page.keyboard.insert_text("забытая строка")
    opened.keys("Enter")
    opened.saved()
    now = _lines(opened)
    assert len(now) == len(before) + 1
    assert now[1][1] == "забытая строка"
    opened.keys("Control+z", "Control+z")
    opened.saved()
    opened.keys("Control+z")
    opened.page.wait_for_function("n => document.querySelectorAll('.line').length === n", arg=len(before))
    opened.saved()
    assert _lines(opened) == before


def test_order_and_kind(opened: Window) -> None:
    before = [ident for ident, _ in _lines(opened)]
    opened.keys("F2", "ArrowDown")
    opened.page.locator(".line >> nth=1 >> css=[class='line-n']").wait_for()
    opened.saved()
    assert [ident for ident, _ in _lines(opened)][:2] == [before[1], before[0]]
    opened.page.locator("select.kind").select_option("heading")
    opened.saved()
    assert opened.lines()[1]["kind"] == "heading"
    opened.keys("Control+z", "Control+z")
    opened.saved()
    assert [ident for ident, _ in _lines(opened)] == before
    assert {line["kind"] for line in opened.lines()} == {"text"}


def test_a_line_is_read_again_at_once(opened: Window) -> None:
    opened.keys("F2", "r")
    opened.page.get_by_role("button", name="auto").click()
    opened.page.locator(".notice", has_text="Read again. Undo").wait_for(timeout=60_000)
    opened.saved()
    line = opened.lines()[0]
    assert line["earlier"] or line["machine"]


def test_any_line_is_taken_out_and_brought_back(opened: Window) -> None:
    page, before = opened.page, _lines(opened)
    record = opened.served.record()
    text = record.read_bytes().partition(b"</teiHeader>")[2]
    page.locator("summary", has_text="More").click()
    page.get_by_role("button", name="Take the line away").click()
    page.locator(".gone li").wait_for()
    opened.saved()
    assert _lines(opened) == before[1:]
    assert page.locator(".line.now").get_attribute("data-line") == before[1][0]  # on to the next one
    assert page.locator(".gone .line-words").inner_text() == before[0][1]
    opened.keys("Control+z")
    page.locator(".gone").wait_for(state="hidden")
    opened.saved()
    assert _lines(opened) == before
    assert record.read_bytes().partition(b"</teiHeader>")[2] == text
    opened.keys("Control+y")
    page.locator(".gone li").wait_for()
    opened.saved()
    page.reload()
    page.get_by_role("button", name="Bring it back").click()
    page.locator(".gone").wait_for(state="hidden")
    opened.saved()
    assert _lines(opened) == before


def test_writing_in_no_line_is_listed_and_made_a_line(window: Window) -> None:
    """A page read in part: what no line covers is shown on the scan and below the lines."""
    record = window.served.record()
    text = record.read_text("utf-8")
    zone = '<zone xml:id="s1_u1" type="unread" points="100,40 500,40 500,90 100,90"/>'
    text = text.replace("</surface>", f"{zone}</surface>", 1)
    gap = '<gap reason="unread" facs="#s1_u1"><desc>too faint to be cut into lines</desc></gap>'
    inner, end, rest = text.rpartition("</div>")
    record.write_text(f"{inner}{gap}{end}{rest}", "utf-8")
    window.open()
    window.page.locator(".scan-unread polygon").wait_for(state="attached")
    listed = window.page.locator(".unread li")
    assert "too faint" in listed.inner_text()
    before = _lines(window)
    listed.get_by_role("button", name="Make it a line").click()
    window.page.get_by_role("button", name="Save the shape").click()
    window.page.keyboard.insert_text("заголовокъ")
    window.keys("Enter")
    window.saved()
    now = _lines(window)
    assert [line for line in now if line not in before] == [(now[0][0], "заголовокъ")]
    window.page.locator(".unread").wait_for(state="hidden")
    assert validate(record) == []


def test_what_waits_for_its_turn_is_not_called_saved(opened: Window) -> None:
    opened.page.route("**/api/pages/*since=*", lambda route: None)
    with opened.page.expect_request("**/api/pages/*since=*"):
        opened.keys("F2", "ArrowDown")
    opened.page.locator("select.kind").select_option("heading")
    assert opened.page.locator("#save.good").count() == 0
    assert {line["kind"] for line in opened.lines()} == {"text"}
    opened.page.unroute("**/api/pages/*since=*")
    opened.saved()
    assert opened.lines()[1]["kind"] == "heading"


def _held(window: Window, address: str) -> list[Any]:
    """What is asked of an address from now on, and waits to be answered."""
    asked: list[Any] = []

    def hold(route: Any) -> None:
        asked.append(route)

    window.page.route(address, hold)
    return asked


def _leave_for_second_page(window: Window) -> Any:
    second = window.served.desk.notebooks()[0].pages[1].ident
    with window.page.expect_response(f"**/api/pages/{second}"):
        window.keys("F2", "PageDown")
    window.page.wait_for_url(f"**/#/page/{second}/*")
    return window.served.record("one/page-2")


def test_what_waits_for_its_turn_is_of_the_page_that_was_open(opened: Window) -> None:
    asked = _held(opened, "**/api/pages/*since=*")
    with opened.page.expect_request("**/api/pages/*since=*"):
        opened.keys("F2", "ArrowDown")
    opened.page.locator("select.kind").select_option("heading")
    second = _leave_for_second_page(opened)
    before = second.read_bytes()
    for route in asked:
        route.continue_()
    opened.page.unroute("**/api/pages/*since=*")
    opened.page.get_by_text("The page was left").wait_for()
    opened.saved()
    assert second.read_bytes() == before


def test_a_line_read_again_is_of_the_page_that_was_open(opened: Window) -> None:
    line = opened.lines()[0]
    change = {"change": "CorrectLine", "line": line["id"], "tokens": [{"id": None, "text": "иное"}]}
    asked = _held(opened, "**/reread")
    with opened.page.expect_request("**/reread"):
        opened.keys("F2", "r", "Enter")
    assert opened.page.locator("#save.good").count() == 0
    second = _leave_for_second_page(opened)
    before = second.read_bytes()
    asked[0].fulfill(json={"change": change})
    opened.page.get_by_text("The page was left").wait_for()
    opened.saved()
    assert second.read_bytes() == before


def test_undo_goes_back_to_the_page_that_was_left_while_a_line_was_split(opened: Window) -> None:
    before = _lines(opened)
    asked = _held(opened, "**/api/pages/*since=*")
    with opened.page.expect_request("**/api/pages/*since=*"):
        opened.keys("Home", "Control+ArrowRight", "F2", "Enter")
    second = _leave_for_second_page(opened)
    untouched = second.read_bytes()
    for route in asked:
        route.continue_()
    opened.page.unroute("**/api/pages/*since=*")
    opened.saved()
    assert len(_lines(opened)) == len(before) + 1
    opened.keys("Control+z")
    opened.page.wait_for_url(f"**/#/page/{opened.served.first()}/*")
    opened.saved()
    assert _lines(opened) == before
    assert second.read_bytes() == untouched


def _kind(window: Window) -> None:
    window.page.locator("select.kind").select_option("heading")


def _drawn(window: Window) -> None:
    window.keys("F2", "o", "Tab", "ArrowDown", "Enter")


@pytest.mark.parametrize(
    "act",
    [
        lambda window: window.keys("F2", "ArrowDown"),
        lambda window: window.keys("F2", "Shift+Backspace"),
        _kind,
        _drawn,
    ],
    ids=["moved", "removed", "kind", "drawn"],
)
def test_what_was_not_saved_is_not_taken_back(opened: Window, act: Callable[[Window], None]) -> None:
    before = opened.lines()
    opened.answer_saves(lambda route: route.fulfill(status=422, json={"error": "Refused."}))
    act(opened)
    opened.page.locator("#trouble").get_by_role("button", name="Throw away").click()
    opened.page.unroute("**/changes")
    opened.saved()
    assert opened.page.locator("#undo").is_disabled()
    assert opened.lines() == before
