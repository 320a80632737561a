"""Roman numerals in the company they keep: rulers, centuries, chapters, congresses, dates.

Prose has few of them, and a reader that has seen few miscounts their strokes.
"""

from collections.abc import Callable

import numpy as np

_SIGNS = {100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I"}
_RULERS_WORDS = """
    Екатерина Екатерины Александр Александра Николай Николая Павел Павла Пётр Петра Людовик Людовика Карл
    Карла Наполеон Наполеона Фридрих Фридриха Вильгельм Густав Генрих Георг Иван Ивана Василий Филипп Пий
"""
_BEFORE_WORDS = """
    глава главы гл. том тома т. часть части ч. книга кн. раздел отдел отделение статья ст. действие явление
    лист таблица табл. рис. фиг. песнь псалом параграф § № № группа класс курс пункт п. выпуск вып. серия
    участок стан округ отряд
"""
_BEHIND_WORDS = """
    век века веке веков столетие столетия столетии в. вв. съезд съезда съезде партсъезд конгресс конференция
    сессия созыв созыва класс класса классе курс курса квартал интернационал отделение отделения отдел том
    часть ранга степени степень группа день лет г. Дума Думы корпус
"""
_RULERS, _BEFORE, _BEHIND = (tuple(words.split()) for words in (_RULERS_WORDS, _BEFORE_WORDS, _BEHIND_WORDS))
_ENDINGS = ("-й", "-го", "-я", "-ой", "-м", "й", "го", "", "", "")
_MOST = 21
"""A numeral is mostly small."""


def roman(n: int) -> str:
    """A number from 1 to 399 in Latin capitals."""
    out = ""
    for value, sign in _SIGNS.items():
        out += sign * (n // value)
        n %= value
    return out


def numeral(rng: np.random.Generator) -> str:
    """A numeral: mostly up to XXI, sometimes up to CXX."""
    most = _MOST if rng.random() < 0.85 else 120
    return roman(int(rng.integers(1, most + 1)))


def phrase(rng: np.random.Generator) -> str:
    """Some words with one to three numerals, in new spelling."""
    behind, before = str(rng.choice(_BEHIND)), str(rng.choice(_BEFORE))
    before = before.capitalize() if rng.random() < 0.4 else before
    day, month = int(rng.integers(1, 32)), roman(int(rng.integers(1, 13)))
    forms: tuple[Callable[[], str], ...] = (
        lambda: f"{rng.choice(_RULERS)} {numeral(rng)}",
        lambda: f"{numeral(rng)} {behind}",
        lambda: f"в {numeral(rng)} {behind}",
        lambda: f"{numeral(rng)}{rng.choice(_ENDINGS)} {behind}",
        lambda: f"{before} {numeral(rng)}" + str(rng.choice(["", ".", ",", ")"])),
        lambda: f"{before} {numeral(rng)}",
        lambda: f"№ {numeral(rng)}",
        lambda: f"{numeral(rng)}" + str(rng.choice([".", ")", ",", ""])),
        lambda: f"({numeral(rng)})",
        lambda: f"{numeral(rng)}{rng.choice(['-', '–', '—', ' и ', ', '])}{numeral(rng)} {behind}",
        lambda: f"{numeral(rng)}, {numeral(rng)} и {numeral(rng)}",
        lambda: f"{day}/{month}",
        lambda: f"{day}/{month}-{rng.integers(17, 80)} г.",
        lambda: f"{day}.{month}.{rng.integers(17, 80)}",
        lambda: f"{day}/{month} {rng.integers(1840, 1975)} г.",
    )
    return forms[rng.integers(len(forms))]()
