"""Lines of lists of souls: names bent as clerks bent them, nothing outside the alphabet."""

import numpy as np
import pytest

from ocr.synth.lists import list_line, of, son_of
from ocr.synth.text import ALPHABET


@pytest.mark.parametrize(
    ("name", "father", "genitive"),
    [
        ("Иван", "Иванов", "Ивана"),
        ("Петр", "Петров", "Петра"),
        ("Алексей", "Алексеев", "Алексея"),
        ("Дмитрий", "Дмитриев", "Дмитрия"),
        ("Василий", "Васильев", "Василия"),
        ("Никита", "Никитин", "Никиты"),
        ("Лука", "Лукин", "Луки"),
        ("Илья", "Ильин", "Ильи"),
        ("Павел", "Павлов", "Павла"),
        ("Лев", "Львов", "Льва"),
        ("Яков", "Яковлев", "Якова"),
        ("Игорь", "Игорев", "Игоря"),
        ("Гаврило", "Гаврилов", "Гаврила"),
    ],
)
def test_names_are_bent(name: str, father: str, genitive: str) -> None:
    assert (son_of(name), of(name)) == (father, genitive)


def test_lines_are_in_the_alphabet_and_the_same_for_a_seed() -> None:
    first, second = (np.random.default_rng(4) for _ in range(2))
    lines = [list_line(first) for _ in range(500)]
    assert lines == [list_line(second) for _ in range(500)]
    assert set("".join(lines)) <= set(ALPHABET)
    assert all(line == line.strip() and line for line in lines)
    assert len(set(lines)) > 300
