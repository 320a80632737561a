"""Correcting with keys alone, in a real browser: items 2 and 3 of the desk."""

import string
from typing import Any

import pytest

from tests.review.conftest import Window


@pytest.fixture
def opened(window: Window) -> Window:
    window.open()
    return window


def _now(window: Window) -> str:
    found: str = window.page.locator(".line.now").get_attribute("data-line")
    return found


def _chosen(window: Window) -> str:
    found: str = window.page.evaluate(
        "() => { const f = document.querySelector('.field-text');"
        " return f.value.slice(f.selectionStart, f.selectionEnd); }"
    )
    return found


def _put(window: Window, word: int) -> None:
    """The cursor behind a word, as a click puts it."""
    window.page.evaluate(
        "(n) => { const f = document.querySelector('.field-text');"
        " const m = [...f.value.matchAll(/\\S+/g)][n]; f.focus();"
        " f.setSelectionRange(m.index + m[0].length, m.index + m[0].length); }",
        word,
    )
    window.page.wait_for_function(
        "n => document.querySelectorAll('.field-copy span')[n]?.classList.contains('at')", arg=word
    )


def test_enter_accepts_the_line_and_goes_on(opened: Window) -> None:
    first = _now(opened)
    opened.keys("End")
    opened.page.keyboard.insert_text(" и ещё")
    opened.keys("Enter")
    assert _now(opened) != first
    opened.saved()
    line = opened.lines()[0]
    assert line["state"] == "corrected"
    assert [token["text"] for token in line["tokens"]][-2:] == ["и", "ещё"]
    assert line["tokens"][-1]["by"]


def test_tab_goes_to_the_next_doubtful_word_over_lines_and_back(opened: Window) -> None:
    doubtful = [t["text"] for line in opened.lines() for t in line["tokens"] if t["cert"] < 0.6]
    met = [_chosen(opened)]
    for _ in doubtful[1:]:
        opened.keys("Tab")
        met.append(_chosen(opened))
    assert met == doubtful
    opened.keys("Shift+Tab")
    assert _chosen(opened) == doubtful[-2]


def test_nobody_is_caught_in_the_field(opened: Window) -> None:
    opened.keys("Escape")
    assert opened.page.evaluate("document.activeElement.className") == "line-n"
    opened.keys("Tab")
    assert opened.page.evaluate("document.activeElement.closest('.work, #dock, .line') !== null")


def _rival(window: Window) -> tuple[int, int, dict[str, Any]]:
    for at, line in enumerate(window.lines()):
        for word, token in enumerate(line["tokens"]):
            if token["rivals"]:
                return at, word, token
    pytest.fail("the drawn page has no word with a rival")


def test_a_number_takes_another_reading(opened: Window) -> None:
    row, word, token = _rival(opened)
    opened.page.locator(".line").nth(row).locator(".w").nth(word).click() if row else None
    while _chosen(opened) != token["text"]:
        opened.keys("Tab")
    opened.keys("1")
    assert token["rivals"][0]["text"] in opened.text().split()
    opened.keys("F2", "0")
    assert token["text"] in opened.text().split()
    opened.keys("F2", "1")
    assert token["rivals"][0]["text"] in opened.text().split()


def test_a_digit_never_takes_the_place_of_a_word(opened: Window) -> None:
    """Whatever keyboard types it: on a word that Tab chose a digit chooses a reading, or does nothing."""
    rivals = {t["text"]: len(t["rivals"]) for line in opened.lines() for t in line["tokens"]}
    while rivals[_chosen(opened)]:
        opened.keys("Tab")
    word, text = _chosen(opened), opened.text()
    for digit in "0123456789":
        opened.keys(digit, f"Numpad{digit}")
        opened.page.keyboard.insert_text(digit)
        assert (opened.text(), _chosen(opened)) == (text, word), digit
    assert "no reading" in opened.page.locator(".notice").inner_text()
    opened.keys("ArrowRight", "7")
    assert opened.text() == text.replace(word, f"{word}7")


def test_a_key_right_after_the_cursor_means_the_word_at_the_cursor(opened: Window) -> None:
    """Commands look where the cursor stands, not where the browser last told that it stood."""
    marked = opened.page.evaluate(
        """() => {
          const f = document.querySelector('.field-text');
          const press = (code, key) => document.dispatchEvent(
            new KeyboardEvent('keydown', { code, key, bubbles: true, cancelable: true }));
          const words = [...f.value.matchAll(/\\S+/g)];
          for (const at of [1, 2]) {
            f.setSelectionRange(words[at].index + 1, words[at].index + 1);
            press('F2', 'F2');
            press('KeyX', 'ч');
          }
          return [...document.querySelectorAll('.field-copy .w')].map((w) => w.classList.contains('m-del'));
        }"""
    )
    assert marked[:3] == [False, True, True]
    assert not any(marked[3:])


TAKEN = {
    *(f"Alt+Key{letter}" for letter in string.ascii_uppercase),  # menus, and letters on a Mac
    *(f"{mod}+Digit{digit}" for mod in ("Alt", "Ctrl") for digit in range(10)),  # tabs
    *(f"Ctrl+Key{letter}" for letter in "TNWQRLDFGHJKOPSUEABCVXIM"),  # tabs, windows, search, text
    *(
        f"Alt+{key}"
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter", "Space", "Tab", "F4")
    ),
    *("F3", "F5", "F6", "F7", "F9", "F10", "F11", "F12", "Ctrl+PageUp", "Ctrl+PageDown", "Ctrl+Space"),
    *("Ctrl+Equal", "Ctrl+Minus", "Ctrl+Tab", "Ctrl+Escape", "Ctrl+Period", "Ctrl+Semicolon", "Ctrl+Comma"),
}
"""What Chromium, Firefox, Windows, macOS, GNOME, KDE and input methods keep for themselves."""


def test_no_key_belongs_to_a_browser_or_a_system(opened: Window) -> None:
    keys = opened.page.evaluate(
        "async () => { const { TABLE, LEADS } = await import('/static/keys.js');"
        " return [...LEADS, ...TABLE.map((row) => row.keys).flat()]; }"
    )
    single = {key for key in keys if " " not in key}
    assert single & TAKEN == set()
    assert not [key for key in keys if "Alt" in key]  # with Shift the layout switch of most Russian keyboards
    assert [key for key in single if key.startswith("Ctrl+Shift")] == ["Ctrl+Shift+KeyZ"]  # beside Ctrl+Y
    assert len(keys) == len(set(keys))
    assert all(key.startswith("F2 ") and key.count(" ") == 1 for key in keys if " " in key)


def test_the_second_row_of_keys_shows_itself_and_goes(opened: Window) -> None:
    text = opened.text()
    lead = opened.page.locator(".lead")
    for leave in (["Escape"], ["F2"], ["y"]):
        opened.keys("F2")
        assert "struck out" in lead.inner_text()
        opened.keys(*leave)
        lead.wait_for(state="detached")
    assert opened.text() == text
    opened.keys("Control+Slash", "g")
    assert "▯" in opened.text()


def test_one_key_makes_ordinary_text_of_what_the_machine_struck_out(opened: Window) -> None:
    opened.page.locator("select.kind").select_option("struck")
    opened.saved()
    opened.page.locator(".line.now.kind-struck").wait_for()
    opened.page.locator(".field-text").focus()
    opened.keys("F8")
    opened.page.locator(".line.now.kind-text").wait_for()
    opened.saved()
    assert opened.lines()[0]["kind"] == "text"
    opened.keys("Control+a", "F2", "x")
    opened.page.get_by_role("button", name="Ordinary text").wait_for()
    opened.keys("F8", "Enter")
    opened.saved()
    assert not any(token["marks"] for token in opened.lines()[0]["tokens"])


def test_space_says_that_a_doubtful_word_is_right_and_undo_takes_it_back(opened: Window) -> None:
    text, word = opened.text(), _chosen(opened)
    opened.keys("Space")
    opened.saved()
    said = {token["text"]: token for token in opened.lines()[0]["tokens"]}
    assert said[word]["by"]
    assert opened.text() == text
    assert opened.lines()[0]["state"] == "draft"
    opened.keys("Control+z")
    opened.saved()
    assert {token["text"]: token for token in opened.lines()[0]["tokens"]}[word]["by"] is None


def test_a_digit_is_a_digit_while_typing(opened: Window) -> None:
    opened.keys("End")
    opened.page.keyboard.type(" 12")
    assert opened.text().endswith(" 12")


@pytest.mark.parametrize(
    ("key", "mark"),
    [
        ("x", "del"),
        ("a", "add"),
        ("u", "unclear"),
        ("s", "supplied"),
        ("l", "foreign"),
        ("h", "hi"),
    ],
)
def test_marks_by_key_reach_the_record_and_come_off_again(opened: Window, key: str, mark: str) -> None:
    _put(opened, 1)
    opened.keys("F2", key)
    assert opened.page.locator(f".m-{mark}.mark-button").get_attribute("aria-pressed") == "true"
    opened.keys("Enter")
    opened.saved()
    assert opened.lines()[0]["tokens"][1]["marks"] == [mark]
    opened.keys("Control+z")
    opened.keys("Control+z")
    opened.saved()
    assert opened.lines()[0]["tokens"][1]["marks"] == []
    assert opened.lines()[0]["state"] == "draft"


def test_a_mark_on_letters_of_a_word(opened: Window) -> None:
    word = opened.text().split()[1]
    opened.keys("Home", "Control+ArrowRight", "ArrowRight", *["Shift+ArrowRight"] * 3)
    assert _chosen(opened) == word[:3]
    opened.keys("F2", "x")
    pressed = opened.page.locator(".m-del.mark-button")
    assert pressed.get_attribute("aria-pressed") == "true"
    assert opened.page.locator(".field-copy .p.m-del").inner_text() == word[:3]
    opened.keys("ArrowRight", "ArrowRight")
    opened.page.locator(".m-del.mark-button[aria-pressed=false]").wait_for()
    opened.page.keyboard.insert_text("ъъ")
    opened.keys("Enter")
    opened.saved()
    parts = [{"text": word[:3], "marks": ["del"]}, {"text": f"{word[3]}ъъ{word[4:]}", "marks": []}]
    assert opened.lines()[0]["tokens"][1]["parts"] == parts
    spelt = f"<del>{word[:3]}</del>{word[3]}ъъ{word[4:]}</w>"
    assert spelt in opened.served.record().read_text("utf-8")
    opened.page.reload()
    assert opened.page.locator(".line").first.locator(".p.m-del").inner_text() == word[:3]
    opened.page.locator(".line").first.locator(".w").first.click()
    opened.keys("Home", "Control+ArrowRight", "ArrowRight", *["Shift+ArrowRight"] * 3, "F2", "x", "Enter")
    opened.saved()
    assert opened.lines()[0]["tokens"][1]["parts"] == []


def test_a_mark_by_mouse_goes_on_all_words_chosen(opened: Window) -> None:
    opened.keys("Control+a")
    opened.page.locator(".mark-button.m-del").click()
    opened.keys("Enter")
    opened.saved()
    assert all(token["marks"] == ["del"] for token in opened.lines()[0]["tokens"])


def test_an_abbreviation_is_told_in_full(opened: Window) -> None:
    _put(opened, 0)
    opened.keys("F2", "b")
    opened.page.keyboard.insert_text("полностью")
    opened.keys("Enter")
    assert opened.page.evaluate("document.activeElement.className") == "field-text"
    opened.keys("Enter")
    opened.saved()
    token = opened.lines()[0]["tokens"][0]
    assert (token["marks"], token["expan"]) == (["abbr"], "полностью")


def test_a_gap_grows_with_each_press(opened: Window) -> None:
    opened.keys("End")
    opened.page.keyboard.insert_text(" ")
    opened.keys("F2", "g", "F2", "g", "F2", "g", "Enter")
    opened.saved()
    assert opened.lines()[0]["tokens"][-1]["gap"] == {"reason": "illegible", "extent": 3}


def test_letters_of_the_old_spelling_by_key_and_by_mouse(opened: Window) -> None:
    opened.keys("End")
    opened.keys("F2", "e", "F2", "Shift+e", "F2", "i", "F2", "f", "F2", "v", "F2", "n", "F2", "p")
    for letter in ("—", "«", "»", "„", "“", "'"):
        opened.page.get_by_role("button", name=letter, exact=True).click()
    assert opened.text().endswith("ѣѢіѳѵ№§—«»„“'")


def test_undo_and_redo_across_lines(opened: Window) -> None:
    before = opened.text()
    opened.keys("End")
    opened.page.keyboard.insert_text("ъ")
    opened.keys("Enter")
    opened.keys("End")
    opened.page.keyboard.insert_text("ѣ")
    opened.keys("Enter")
    opened.saved()
    opened.keys("Control+z", "Control+z", "Control+z", "Control+z")
    assert opened.text() == before
    opened.saved()
    assert [line["state"] for line in opened.lines()[:2]] == ["draft", "draft"]
    for _ in range(4):
        opened.keys("Control+y")
    opened.saved()
    lines = opened.lines()
    assert [line["state"] for line in lines[:2]] == ["corrected", "corrected"]
    assert lines[0]["tokens"][-1]["text"].endswith("ъ")
    assert lines[1]["tokens"][-1]["text"].endswith("ѣ")


def test_undo_leads_back_to_another_page(opened: Window) -> None:
    opened.keys("End")
    opened.page.keyboard.insert_text("ъ")
    opened.keys("Enter")
    opened.keys("F2", "PageDown")
    opened.page.locator("#page-name", has_text="page-2").wait_for()
    opened.keys("Control+z")
    opened.page.locator("#page-name", has_text="page-1").wait_for()
    opened.page.locator(".line.is-draft[data-line='s1_r1_l1']").wait_for()
    opened.saved()
    assert opened.lines()[0]["state"] == "draft"


def test_pasted_lines_become_one_and_an_input_method_is_left_alone(opened: Window) -> None:
    opened.keys("Control+a")
    opened.page.evaluate(
        "() => { const f = document.querySelector('.field-text');"
        " f.setRangeText('раз\\nдва\\r\\n три', 0, f.value.length, 'end');"
        " f.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' })); }"
    )
    assert opened.text().split() == ["раз", "два", "три"]
    assert "\n" not in opened.text()
    first = _now(opened)
    opened.page.evaluate(
        "() => document.querySelector('.field-text').dispatchEvent("
        "new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', isComposing: true, bubbles: true }))"
    )
    assert _now(opened) == first


def test_the_sheet_of_keys(opened: Window) -> None:
    opened.page.keyboard.type("?")
    assert opened.page.locator("dialog").count() == 0  # in the text it is a letter
    opened.keys("Escape")
    opened.page.keyboard.type("?")
    sheet = opened.page.locator("dialog")
    assert "Accept the line" in sheet.inner_text()
    opened.keys("Escape")
    sheet.wait_for(state="detached")


def test_every_action_also_by_mouse(opened: Window) -> None:
    page = opened.page
    page.get_by_role("button", name="Accept", exact=True).click()
    page.get_by_role("button", name="Verify").click()
    opened.saved()
    assert [line["state"] for line in opened.lines()[:2]] == ["corrected", "verified"]
    page.locator("#undo").click()
    page.locator("#undo").click()
    opened.saved()
    page.locator("#redo").click()
    opened.saved()
    assert [line["state"] for line in opened.lines()[:2]] == ["corrected", "draft"]


def test_text_of_a_file_never_becomes_markup(window: Window) -> None:
    record = window.served.record()
    held = record.read_text("utf-8")
    word = held[held.index("<w ") :].split(">", 1)[1].split("<", 1)[0]
    hostile = "&lt;img src=x onerror=alert(1)&gt;"
    record.write_text(held.replace(f">{word}<", f">{hostile}<", 1), "utf-8")
    window.open()
    assert "<img src=x" in window.text()
    assert window.page.locator("img[src='x']").count() == 0
    assert "<img" in window.page.locator(".machine").inner_text()
