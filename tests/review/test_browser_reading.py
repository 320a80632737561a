"""What a reviewer sees, in a real browser: items 2, 4 and 8 of the desk, and access for everyone."""

from pathlib import Path
from typing import Any

import pytest

from tests.review.conftest import Window

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def opened(window: Window) -> Window:
    window.open()
    window.page.wait_for_function("() => document.querySelector('.scan-lines polygon') !== null")
    return window


def _box(window: Window, place: str) -> dict[str, float]:
    found: dict[str, float] = window.page.locator(place).bounding_box()
    return found


def _look(window: Window, **choices: str) -> None:
    window.page.locator("#look-open").click()
    for name, value in choices.items():
        window.page.locator(f"dialog input[name={name}][value={value}]").check()
    window.keys("Escape")


def test_image_and_text_side_by_side_or_stacked_and_resized_by_keys(opened: Window) -> None:
    image, text = _box(opened, "#image"), _box(opened, "#text")
    assert image["x"] + image["width"] <= text["x"]
    opened.page.locator("#splitter").focus()
    opened.keys("ArrowLeft", "ArrowLeft")
    assert _box(opened, "#image")["width"] < image["width"]
    _look(opened, layout="stack")
    image, text = _box(opened, "#image"), _box(opened, "#text")
    assert image["y"] + image["height"] <= text["y"]


def test_the_border_is_dragged_by_mouse(opened: Window) -> None:
    bar = _box(opened, "#splitter")
    opened.page.mouse.move(bar["x"] + 3, 400)
    opened.page.mouse.down()
    opened.page.mouse.move(bar["x"] + 203, 400, steps=4)
    opened.page.mouse.up()
    assert _box(opened, "#splitter")["x"] == pytest.approx(bar["x"] + 200, abs=6)


def test_the_enlarged_line_stands_right_above_its_field(opened: Window) -> None:
    opened.page.wait_for_function("() => document.querySelector('.strip img').naturalWidth > 0")
    strip, field = _box(opened, ".strip"), _box(opened, ".field")
    assert 0 <= field["y"] - (strip["y"] + strip["height"]) < 20
    assert strip["height"] >= 60


def test_machine_reading_is_kept_in_sight(opened: Window) -> None:
    machine = opened.lines()[0]["machine"]
    opened.keys("Control+a")
    opened.page.keyboard.insert_text("совсем другое")
    assert machine in " ".join(opened.page.locator(".work .machine").inner_text().split())
    opened.keys("Enter")
    row = opened.page.locator(".line").first.locator(".line-machine")
    assert machine in " ".join(row.inner_text().split())


def test_words_are_tied_to_their_places_both_ways(opened: Window) -> None:
    page = opened.page
    opened.still()
    page.locator(".line").nth(2).locator(".w").nth(1).hover()
    over = page.locator(".scan-over rect")
    over.wait_for(state="attached")
    wide = opened.lines()[2]["tokens"][1]["box"]
    assert float(over.get_attribute("width")) == pytest.approx(wide[2] - wide[0])
    place = over.bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=3)
    page.locator(".line").nth(2).locator(".w.pointed").wait_for()
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.locator(".line.now[data-line='s1_r1_l3']").wait_for()
    assert page.locator(".field-copy .at").inner_text() == opened.lines()[2]["tokens"][1]["text"]


def test_a_page_without_its_scan_can_be_corrected(window: Window) -> None:
    for scan in (window.served.root / "scans").rglob("*.png"):
        scan.unlink()
    window.page.goto(f"{window.served.address}/#/page/{window.served.first()}")
    window.page.locator("#scan-missing", has_text="--scans").wait_for()
    window.keys("End")
    window.page.keyboard.insert_text(" без скана")
    window.keys("Enter")
    window.saved()
    assert window.lines()[0]["tokens"][-1]["text"] == "скана"


def test_trust_is_a_colour_and_a_kind_of_underline(opened: Window) -> None:
    look = (
        "(e) => { const s = getComputedStyle(e);"
        " return [s.textDecorationLine, s.textDecorationStyle, s.backgroundColor]; }"
    )
    doubtful = opened.page.locator(".line-words .t-doubtful").last.evaluate(look)
    sure = opened.page.locator(".line-words .t-sure").last.evaluate(look)
    assert doubtful[:2] == ["underline", "wavy"]
    assert sure[0] == "none"
    assert doubtful[2] != sure[2]


def test_russian_and_back(opened: Window) -> None:
    _look(opened, language="ru")
    assert opened.page.locator("html").get_attribute("lang") == "ru"
    assert "Принять" in opened.page.locator(".tools").inner_text()
    assert "из" in opened.page.locator("#page-progress").inner_text()
    _look(opened, language="en")
    assert "Accept" in opened.page.locator(".tools").inner_text()


def test_every_word_is_there_in_both_languages(opened: Window) -> None:
    missing = opened.page.evaluate(
        """async () => {
          const { en } = await import('/static/words-en.js');
          const { ru } = await import('/static/words-ru.js');
          const found = (text) => text.split('|')[0].matchAll(/\\{(\\w+)\\}/g);
          const holes = (text) => [...found(text)].map((m) => m[1]).sort().join();
          const odd = Object.keys(en).filter((k) => !(k in ru) || holes(en[k]) !== holes(ru[k]));
          return [...odd, ...Object.keys(ru).filter((k) => !(k in en))];
        }"""
    )
    assert missing == []


def test_large_print_and_dark_are_remembered(opened: Window) -> None:
    before = _box(opened, ".field")["height"]
    _look(opened, print="large", theme="dark")
    assert _box(opened, ".field")["height"] > before * 1.2
    opened.page.reload()
    opened.page.wait_for_selector(".field-text")
    assert opened.page.locator("html").get_attribute("data-theme") == "dark"
    assert opened.page.locator("html").get_attribute("data-print") == "large"


def test_progress_of_notebooks_and_the_queue_leads_to_its_lines(window: Window) -> None:
    window.open("desk")
    page = window.page
    page.locator(".queue li a").first.wait_for()
    assert "0 of 2 pages done" in page.locator("#books").inner_text()
    target = page.locator(".queue li a").first.get_attribute("href")
    page.locator(".queue li a").first.click()
    page.locator(".line.now").wait_for()
    assert page.url.endswith(target)


def test_next_page_worth_doing(opened: Window) -> None:
    opened.keys("F2", "q")
    opened.page.wait_for_url("**/#/page/*/*")
    opened.page.wait_for_function("(p) => !location.hash.includes(p)", arg=opened.served.first())


def test_typed_text_follows_its_words(opened: Window) -> None:
    """What is typed is what the tokens say, whatever is typed; words left alone keep their ids."""
    wrong = opened.page.evaluate(
        """async () => {
          const { follow, lineText, wordsOf, placed } = await import('/static/tokens.js');
          let seed = 7;
          const dice = (n) => (seed = (seed * 48271) % 2147483647) % n;
          const word = () => Array.from({ length: 1 + dice(4) }, () => 'абвг▯'[dice(4)]).join('');
          const token = (_, i) => ({ id: `w${i}`, text: word(), marks: [], gap: null });
          const line = (n) => Array.from({ length: n }, token);
          const wrong = [];
          for (let round = 0; round < 400; round += 1) {
            const tokens = line(dice(9));
            let text = lineText(tokens);
            const at = dice(text.length + 1);
            text = text.slice(0, at) + ['', ' ', 'я', ' ю э '][dice(4)] + text.slice(at + dice(6));
            const now = follow(tokens, text);
            if (lineText(now) !== wordsOf(text).join(' ')) wrong.push(text);
            const ids = now.map((t) => t.id).filter(Boolean);
            if (new Set(ids).size !== ids.length) wrong.push(`ids: ${text}`);
            const back = placed(tokens, now);
            if (lineText(back) !== lineText(now)) wrong.push(`placed: ${text}`);
          }
          return wrong;
        }"""
    )
    assert wrong == []


def _axe(window: Window) -> list[str]:
    window.page.evaluate("() => document.getAnimations().forEach((a) => a.finish())")
    found: dict[str, Any] = window.page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", RULES
    )
    return [
        f"{one['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else one['help']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(window: Window, theme: str) -> None:
    window.page.add_init_script(path=AXE)
    window.open("desk")
    _look(window, theme=theme)
    window.page.locator(".queue li").first.wait_for()
    assert _axe(window) == []
    window.open()
    window.page.locator(".line").nth(1).locator(".w").first.click()
    window.keys("Control+a", "F2", "x", "F2", "u", "Enter")
    assert _axe(window) == []
    window.keys("F1")
    assert _axe(window) == []
    window.keys("Escape")
    window.page.locator(".more summary").click()
    assert _axe(window) == []
    window.page.get_by_role("button", name="Take the line away").click()
    window.page.locator(".gone li").scroll_into_view_if_needed()
    window.page.locator(".line").first.locator(".w").first.click()
    window.keys("Home", "Shift+ArrowRight", "F2", "x")
    assert _axe(window) == []
    window.keys("F2", "t")
    window.page.locator("dialog ol.past").wait_for()
    assert _axe(window) == []
    window.keys("Escape", "F2", "o")
    window.page.get_by_role("button", name="Save the shape").wait_for()
    assert _axe(window) == []


def test_the_whole_page_can_be_walked_with_tab(opened: Window) -> None:
    opened.keys("Escape")
    met = set()
    for _ in range(70):
        opened.keys("Tab")
        met.add(opened.page.evaluate("() => document.activeElement.id || document.activeElement.className"))
        if opened.page.evaluate("() => document.activeElement === document.body"):
            break
        if opened.page.evaluate("() => document.activeElement.className === 'field-text'"):
            opened.keys("Escape")
            for _ in range(3):
                opened.keys("Tab")
            opened.page.locator(".tools button").first.focus()
    assert any("mark-button" in name for name in met)
    assert "letter" in met


def test_a_page_is_shown_before_the_notebooks_are_counted(window: Window) -> None:
    asked = []
    window.page.route("**/api/desk", lambda route: asked.append(route))  # noqa: PLW0108  and no answer
    window.page.goto(f"{window.served.address}/#/page/{window.served.first()}")
    window.page.wait_for_function("() => performance.getEntriesByName('page-usable').length > 0")
    assert asked == []
