"""The search box of the desk, in a real browser."""

import pytest

from tests.review.conftest import Window


@pytest.fixture
def front(window: Window) -> Window:
    window.page.goto(f"{window.served.address}/#/")
    window.page.locator("#books .book").first.wait_for()
    return window


def _word(window: Window) -> str:
    return max((str(token["text"]).strip(".,") for token in window.lines()[1]["tokens"]), key=len)


def test_a_hit_opens_its_page_at_the_word_and_going_back_leads_to_the_hits(front: Window) -> None:
    page, word = front.page, _word(front)
    page.locator("#query").fill(word)
    front.keys("Enter")
    first = page.locator("#hits li").first
    first.locator("mark", has_text=word).wait_for()
    assert first.locator(".chance").inner_text().endswith("%")
    assert page.locator("#books").is_hidden()
    page.wait_for_function("() => document.querySelector('#hits img').naturalWidth > 0")
    first.locator("a").click()
    page.locator(".line.now").wait_for()
    page.wait_for_function(
        "(word) => document.querySelector('.field-copy .at')?.innerText.includes(word)", arg=word
    )
    page.go_back()
    first.wait_for()
    assert page.locator("#query").input_value() == word


def test_nothing_found_and_nothing_asked(front: Window) -> None:
    page = front.page
    page.locator("#query").fill("щщщщщщ")
    page.locator("#search button").click()
    page.locator("#hits", has_text="Nothing found").wait_for()
    page.locator("#query").fill("***")
    front.keys("Enter")
    page.locator("#hits", has_text="Give a word").wait_for()
    front.complaints.clear()  # the browser tells of the 400
    page.locator("#query").fill("")
    front.keys("Enter")
    page.locator("#books .book").first.wait_for()
    assert page.locator("#hits li").count() == 0
