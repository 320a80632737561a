"""Words of a transcription given to lines: boundaries where they were, nothing for what is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.alignment.laying import ReadLeaf, lay
from ocr.alignment.letters import letters_of

PAGE = (
    "Способныя къ судоходству рѣки въ губер-",
    "ніи: Енисей, Туба, Оя, Ангара или",
    "Верхняя Тунгуска, Кеть, Усолка и Чу-",
    "лымъ. Главнѣйшая пристань въ губерніи",
    "находится въ г. Енисейскѣ, куда сплав-",
    "ляется хлѣбъ и другіе предметы для",
)
TEXT = (
    "Способныя къ судоходству рѣки въ губерніи: Енисей, Туба, Оя, Ангара или Верхняя Тунгуска, Кеть, Усолка "
    "и Чулымъ. Главнѣйшая пристань въ губерніи находится въ г. Енисейскѣ, куда сплавляется хлѣбъ и другіе "
    "предметы для"
)


def _lay(lines: tuple[str, ...], text: str) -> list[tuple[str, bool]]:
    letters = letters_of(text)
    return [(laid.text, laid.accepted) for laid in lay([ReadLeaf(lines, 0, len(letters.codes))], letters)[0]]


def test_words_go_back_to_their_lines_with_hyphens_where_they_are_broken() -> None:
    assert _lay(PAGE, TEXT) == [(line, True) for line in PAGE]


def test_what_stands_before_and_behind_on_other_leaves_is_left_out() -> None:
    other = " ".join(["Совсем другая страница о другом деле."] * 5)
    assert _lay(PAGE, f"{other} {TEXT} {other}") == [(line, True) for line in PAGE]


def test_misread_letters_do_not_matter_and_new_spelling_neither() -> None:
    read = tuple(line.replace("ст", "см").replace("и", "ш").replace("ніи", "пш") for line in PAGE)
    new = TEXT.replace("ѣ", "е").replace("і", "и").replace("ъ ", " ")
    wanted = [line.replace("ѣ", "е").replace("і", "и").replace("ъ ", " ").removesuffix("ъ") for line in PAGE]
    assert [text for text, _ in _lay(read, new)] == wanted


def test_a_line_that_the_transcription_does_not_have_stays_as_it_was_read() -> None:
    lines = (*PAGE[:3], "Этого предложения у издателя нет совсем", *PAGE[3:])
    laid = _lay(lines, TEXT)
    assert laid[3][1] is False
    assert [text for text, accepted in laid if accepted] == list(PAGE)


def test_a_dash_at_the_end_of_a_line_is_no_hyphen() -> None:
    read = ("Родой мой! — Неа беспокойте владык, —", "сказал он и тихо вышел во двор")
    text = "Родной мой! — Не беспокойте владыку, — сказал он и тихо вышел во двор"
    assert _lay(read, text) == [(text[: text.index(" сказал")], True), (text[text.index("сказал") :], True)]


def test_a_word_changed_for_another_is_a_word_and_one_that_is_missing_is_not() -> None:
    read = "сказал он и тихо вышел во двор за водой"
    assert _lay((read,), read.replace("тихо", "поспешно")) == [(read.replace("тихо", "поспешно"), True)]
    assert _lay((read,), read.replace("тихо ", "")) == [(read.replace("тихо ", ""), False)]


def test_rows_of_dashes_stay_on_their_lines() -> None:
    read = ("катился и замер ударъ громовой... - - - - - - -", "- - - - - - - - - - - и никто не слышалъ")
    assert _lay(read, " ".join(read)) == [(line, True) for line in read]


def test_a_line_whose_edge_may_as_well_lie_elsewhere_stays_as_it_was_read() -> None:
    text = "сказал онъ и тихо вышелъ во дворъ и сѣлъ на скамью"
    sure = ("сказал онъ и тихо вышелъ во дворъ", "и сѣлъ на скамью у воротъ")
    assert [accepted for _, accepted in _lay(sure, f"{text} у воротъ")] == [True, True]
    lost = ("сказал онъ и тихо вышелъ во дворъ", "сѣлъ на скамью у воротъ")  # the и may stand on either
    assert [accepted for _, accepted in _lay(lost, f"{text} у воротъ")] == [False, False]


def test_a_dash_is_a_dash_however_long_and_the_row_of_a_table_is_laid_cell_by_cell() -> None:
    text = "— 11 — До гор. Ачинска — — — — р. 50 к. — р. 60 к. Промыслы преобладаютъ въ губерніи"
    read = ("– 11 –", "До гор. Ачинска ———", "— р. 50 к.", "— р. 60 к.", "Промыслы преобладаютъ въ губерніи")
    assert [accepted for _, accepted in _lay(read, text)] == [True] * 5
    assert " ".join(words for words, _ in _lay(read, text)) == text


def test_a_word_whose_letter_at_the_break_was_lost_is_broken_between_its_syllables() -> None:
    wanted = ("на содержаніе классической Гимна-", "зіи въ г. Красноярскѣ, въ размѣрахъ")
    read = (wanted[0].replace("Гимна-", "Гимна."), wanted[1].replace("зіи", "и"))
    text = " ".join(wanted).replace("- ", "")
    assert _lay(read, text) == [(line, True) for line in wanted]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("отправилъ къ нему своихъ кресть-", "янъ изъ той деревни"),
        ("сказалъ, что весь рай-", "онъ залитъ водой"),
    ],
)
def test_a_sign_ends_a_syllable(first: str, second: str) -> None:
    head = first.removesuffix("-")
    assert _lay((head, second), f"{head}{second}") == [(first, True), (second, True)]


def test_a_word_with_its_own_hyphen_at_the_end_of_a_leaf_is_sure() -> None:
    line = "отнёсъ князя къ числу своихъ люби-"
    assert _lay((line,), f"{line} Совсемъ другая страница") == [(line, True)]


def test_specks_where_leaves_meet_do_not_matter_when_the_text_goes_on_from_one_to_the_other() -> None:
    first, second = "о разрѣшеніи открыть въ наступающемъ", "Способныя къ судоходству рѣки въ губерніи"
    lines = ((f"{first} и",), (f"о {second}",))

    def accepted(text: str) -> list[bool]:
        letters = letters_of(text)
        leaves = [ReadLeaf(each, 0, len(letters.codes)) for each in lines]
        return [line.accepted for leaf in lay(leaves, letters) for line in leaf]

    assert accepted(f"{first} {second}") == [True, True]
    assert accepted(f"{first} году новые классы {second}") == [False, False]


def test_a_line_of_which_words_are_missing_is_not_accepted() -> None:
    laid = _lay(PAGE, TEXT.replace("Главнѣйшая пристань въ губерніи ", ""))
    assert laid[3][1] is False
    assert [accepted for _, accepted in laid] == [True, True, True, False, True, True]


@given(
    st.lists(st.text(st.sampled_from("абвгдеж -.,"), max_size=30), max_size=6),
    st.text("абвгд .,", max_size=80),
)
def test_whatever_comes_nothing_breaks_and_no_word_stands_twice(lines: list[str], text: str) -> None:
    letters = letters_of(text)
    (laid,) = lay([ReadLeaf(lines, 0, len(letters.codes))], letters)
    assert len(laid) == len(lines)
    words = sum(len(line.text.replace(" ", "").rstrip("-")) for line in laid)
    assert words <= len(text.replace(" ", ""))
