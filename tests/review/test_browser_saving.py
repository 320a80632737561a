"""Nothing lost, nobody clobbered, in real browsers: items 6 and 7 of the desk."""

import re

import pytest

from tests.review.conftest import Served, Window, serve


@pytest.fixture
def opened(window: Window) -> Window:
    window.open()
    return window


def _type(window: Window, text: str) -> None:
    window.keys("End")
    window.page.keyboard.insert_text(text)


def _words(window: Window, line: int = 0) -> str:
    return " ".join(token["text"] for token in window.lines()[line]["tokens"])


def test_history_with_difference_and_return(opened: Window) -> None:
    before = opened.text()
    _type(opened, " лишнее")
    opened.keys("Enter")
    opened.saved()
    opened.keys("ArrowUp", "F2", "t")
    window = opened.page.locator("dialog")
    window.locator("ol.past li").first.wait_for()
    assert "лишнее" in window.locator(".result").inner_text()
    window.locator("ol.past li", has_text=before).get_by_role("button").last.click()
    opened.saved()
    assert _words(opened) == before


def test_two_people_at_different_lines_do_not_disturb_each_other(
    opened: Window, other_window: Window
) -> None:
    other_window.open()
    _type(opened, " первое")
    opened.keys("Enter")
    opened.saved()
    other_window.page.locator(".line").nth(2).locator(".w").first.click()
    _type(other_window, " третье")
    other_window.keys("Enter")
    other_window.saved()
    assert other_window.page.locator("dialog").count() == 0
    assert _words(opened, 0).endswith("первое")
    assert _words(opened, 2).endswith("третье")


def test_a_stale_correction_is_merged_word_by_word(opened: Window, other_window: Window) -> None:
    other_window.open()
    words = opened.text().split()
    _type(opened, " первое")
    opened.keys("Enter")
    opened.saved()
    _type_over = " ".join(["Иначе", *words[1:]])
    other_window.keys("Control+a")
    other_window.page.keyboard.insert_text(_type_over)
    other_window.keys("Enter")
    merge = other_window.page.locator("dialog")
    merge.locator("table.words").wait_for()
    assert merge.locator(".result").inner_text() == " ".join(["Иначе", *words[1:], "первое"])
    merge.get_by_role("button", name="Save this").click()
    other_window.saved()
    assert _words(opened) == " ".join(["Иначе", *words[1:], "первое"])


def test_where_both_changed_a_word_a_person_chooses(opened: Window, other_window: Window) -> None:
    other_window.open()
    words = opened.text().split()
    for window, first in ((opened, "Здѣсь"), (other_window, "Тамъ")):
        window.keys("Control+a")
        window.page.keyboard.insert_text(" ".join([first, *words[1:]]))
        window.keys("Enter")
        if window is opened:
            window.saved()
    merge = other_window.page.locator("dialog")
    row = merge.locator("tr.clash")
    row.wait_for()
    assert row.count() == 1
    assert merge.get_by_role("button", name="Save this").is_disabled()
    other_window.keys("Enter", "Enter")  # nobody has chosen: nothing is saved
    assert merge.is_visible()
    row.get_by_role("radio").last.check()
    assert merge.locator(".result").inner_text().startswith("Здѣсь")
    row.get_by_role("radio").first.check()
    merge.get_by_role("button", name="Save this").click()
    other_window.saved()
    assert _words(opened).startswith("Тамъ")


def test_a_file_changed_by_another_program_is_not_overwritten(opened: Window) -> None:
    record = opened.served.record()
    held = record.read_text("utf-8")
    head, mark, tail = held.rpartition('facs="#s1_r1_l3_w1"')
    assert mark
    word = opened.lines()[2]["tokens"][0]["text"].rstrip(".,;")
    record.write_text(head + mark + tail.replace(word, "oXygen", 1) + "<!-- вне -->", "utf-8")
    _type(opened, " своё")
    opened.keys("Enter")
    opened.saved()
    now = record.read_text("utf-8")
    assert "oXygen" in now
    assert now.endswith("<!-- вне -->")
    assert _words(opened).endswith("своё")
    opened.page.locator(".line[data-line='s1_r1_l3']", has_text="oXygen").wait_for()


@pytest.mark.parametrize(("status", "said"), [(507, "disk is full"), (423, "read-only"), (500, "Not saved")])
def test_a_save_that_fails_is_said_at_once_and_kept(opened: Window, status: int, said: str) -> None:
    page = opened.page
    opened.answer_saves(lambda route: route.fulfill(status=status, json={"error": "Broken."}))
    _type(opened, " сохрани")
    opened.keys("Enter")
    page.locator("#trouble", has_text=said).wait_for()
    assert "not saved" in page.locator("#save").inner_text()
    kept = page.evaluate("() => Object.values(localStorage).join()")
    assert "сохрани" in kept
    page.unroute("**/changes")
    page.locator("#trouble").get_by_role("button", name="Try again").click()
    opened.saved()
    assert _words(opened).endswith("сохрани")


def test_text_is_still_there_after_the_desk_died_and_the_window_was_closed(
    window: Window, served: Served
) -> None:
    window.open()
    port = int(served.address.rpartition(":")[2])
    served.stop()
    _type(window, " уцѣлело")
    window.keys("Enter")
    window.page.locator("#trouble", has_text="does not answer").wait_for()
    again = serve(served.root, port=port)
    try:
        window.page.once("dialog", lambda dialog: dialog.accept())
        window.page.reload()
        window.page.wait_for_selector(".field-text")
        window.saved()
        assert _words(window).endswith("уцѣлело")
    finally:
        again.stop()


def test_text_typed_but_not_accepted_is_put_back(opened: Window) -> None:
    _type(opened, " недописано")
    opened.kept()
    # a window that goes tells nobody, as when its machine dies
    opened.page.evaluate("() => Object.defineProperty(document, 'hidden', { value: false })")
    opened.answer_saves(lambda route: route.abort())
    opened.page.reload()
    opened.page.wait_for_selector(".field-text")
    opened.page.locator(".notice", has_text="put back").wait_for()
    assert opened.page.locator(".line").first.inner_text().count("недописано") or opened.text().endswith(
        "недописано"
    )


@pytest.mark.parametrize("accepted", [True, False])
def test_text_put_back_meets_what_others_wrote_meanwhile(
    opened: Window, other_window: Window, accepted: bool
) -> None:
    other_window.open()
    words = opened.text().split()
    opened.answer_saves(lambda route: route.abort())
    _type(opened, " моё")
    if accepted:
        opened.keys("Enter")
        opened.page.locator("#trouble").wait_for()
    else:
        opened.kept()
    other_window.keys("Control+a")
    other_window.page.keyboard.insert_text(" ".join(["Чужое", *words[1:]]))
    other_window.keys("Enter")
    other_window.saved()
    opened.page.unroute("**/changes")
    opened.page.once("dialog", lambda dialog: dialog.accept())
    opened.page.reload()
    merge = opened.page.locator("dialog")
    merge.locator("table.words").wait_for()
    assert merge.locator(".result").inner_text() == " ".join(["Чужое", *words[1:], "моё"])
    merge.get_by_role("button", name="Save this").click()
    if not accepted:
        opened.page.locator(".line").first.locator(".line-n").click()
        opened.keys("Enter")
    opened.saved()
    assert _words(opened) == " ".join(["Чужое", *words[1:], "моё"])


def test_a_conflict_with_another_program_is_shown_and_settled(opened: Window) -> None:
    record, words = opened.served.record(), opened.text().split()
    before = record.read_text("utf-8")
    opened.keys("Home", "Control+Shift+ArrowRight")
    opened.page.keyboard.insert_text("Моё ")
    opened.keys("Enter")
    opened.saved()
    record.write_text(before.replace(f">{words[0]}<", ">Чужое<", 1), "utf-8")
    opened.page.reload()
    opened.page.get_by_role("button", name="Look at them").click()
    window = opened.page.locator("dialog")
    assert window.locator("tr.clash").count() == 1
    assert window.locator(".result").inner_text() == " ".join(["Моё / Чужое", *words[1:]])
    opened.keys("Enter")
    assert window.get_by_role("button", name="Save this").is_disabled()
    window.get_by_role("radio").last.check()
    window.get_by_role("button", name="Save this").click()
    window.wait_for(state="detached")
    opened.saved()
    told = f"fetch('/api/pages/{opened.served.first()}').then((r) => r.json())"
    opened.page.wait_for_function(f"() => {told}.then((page) => !page.conflicts.length)")
    assert _words(opened) == " ".join(["Чужое", *words[1:]])
    opened.keys("Control+z")
    opened.saved()
    assert _words(opened) == " ".join(["Моё", *words[1:]])


def test_two_transcriptions_are_compared_and_adjudicated(opened: Window) -> None:
    second = opened.served.root / "second" / "output" / "one" / "page-1.xml"
    held = second.read_text("utf-8")
    found = re.search(r'(<w [^>]*facs="#s1_r1_l1_w1"[^>]*>)([^<]+)<', held)
    assert found is not None
    second.write_text(held.replace(found[0], f"{found[1]}Иное<", 1), "utf-8")
    opened.page.locator("#compare").click()
    window = opened.page.locator("dialog")
    window.locator("tbody tr").first.wait_for()
    assert window.locator("tbody tr").count() == 1
    window.get_by_role("radio").last.check()
    window.get_by_role("button", name="Save the choices").click()
    opened.saved()
    assert _words(opened).startswith("Иное")


def test_what_is_sure_is_shown_before_it_is_accepted_and_taken_back_at_once(window: Window) -> None:
    record = window.served.record()
    head, mark, tail = record.read_text("utf-8").partition('<lb n="3"')
    record.write_text(head.replace('cert="0.45"', 'cert="0.99"') + mark + tail, "utf-8")
    window.open()
    before = window.lines()
    tokens = [token for line in before for token in line["tokens"]]
    asked = window.page.locator("dialog")
    for share in (0.98, 0.4, 0.995):
        window.keys("F2", "m")
        asked.locator("#sure-above").fill(str(share * 100))
        taken = [token for token in tokens if token["cert"] >= share]
        whole = [line for line in before if all(token["cert"] >= share for token in line["tokens"])]
        told = asked.get_by_role("status").inner_text()
        assert asked.locator(".taken").count() == len(taken)
        assert asked.locator(".whole").count() == len(whole)
        if taken:
            errors = sum(1 - token["cert"] for token in taken)
            assert told.startswith(f"{len(taken)} of {len(tokens)} ")
            assert f"{errors:.1f}".removesuffix(".0") in told
        if share != 0.98:
            window.keys("Escape")
            asked.wait_for(state="detached")
            continue
        asked.get_by_role("button", name="Accept these").click()
        window.saved()
        now = window.lines()
        ids = {line["id"] for line in whole}
        assert len(ids) == 2
        assert {line["id"] for line in now if line["state"] == "corrected"} == ids
        answered = [token for line in now if line["id"] not in ids for token in line["tokens"] if token["by"]]
        assert len(answered) == len(taken) - sum(len(line["tokens"]) for line in whole)
        window.keys("Control+z")
        window.page.wait_for_function("() => !document.querySelector('.line.is-corrected')")
        window.saved()
        assert [line["tokens"] for line in window.lines()] == [line["tokens"] for line in before]


def test_the_page_is_asked_about_when_its_last_line_is_accepted(opened: Window) -> None:
    for _ in opened.lines():
        opened.keys("Enter")
    ask = opened.page.locator(".notice", has_text="still a draft")
    ask.wait_for()
    opened.saved()
    opened.page.reload()
    ask.get_by_role("button", name="The page is corrected").click()
    opened.saved()
    assert opened.page.locator("#page-state").input_value() == "corrected"
    opened.keys("Control+z")
    opened.page.wait_for_function("() => document.getElementById('page-state').value === 'draft'")
    opened.keys("F2", "w")
    opened.saved()
    told = f"fetch('/api/pages/{opened.served.first()}').then((r) => r.json())"
    opened.page.wait_for_function(f"() => {told}.then((page) => page.state === 'corrected')")


def test_the_page_has_a_state_of_its_own(opened: Window) -> None:
    opened.page.locator("#page-state").select_option("verified")
    opened.saved()
    assert 'status="verified"' in opened.served.record().read_text("utf-8")
    assert "А. Б." in opened.served.record().read_text("utf-8")
