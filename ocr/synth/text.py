"""What is written: lines cut from plain Russian text, with the habits of their time put in."""

import lzma
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import regex

from ocr.errors import ScanError, reason_of
from ocr.synth.romans import phrase, roman
from ocr.synth.spelling import apostrophe, old_spelling
from ocr.text import nfc

LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяёѣіѳѵ"
LATIN = "abcdefghijklmnopqrstuvwxyz"
MARKS = " 0123456789.,:;!?-–—'’\"«»„“”()№§°½¼¾+=%*/"
ALPHABET = LETTERS + LETTERS.upper() + LATIN + LATIN.upper() + MARKS
"""All that our recogniser can write, in the order of its classes."""

PROSE = Path(__file__).parent / "prose.txt"
"""Our own prose, for samples and for those who bring no text."""

_KNOWN = frozenset(ALPHABET)
_SWAP = str.maketrans({"…": "...", "\u00a0": " ", "‘": "’", "`": "'", "\u0301": "", "−": "-", "‑": "-"})
_VOWELS = "аеёиоуыэюяѣіѵ"
_ABBREVIATED = """
    т.т. ВКП(б) т.к. т.е. и т.д. и т.п. ЦК СССР ЦКК РСФСР тов. г. гг. стр. см. др. руб. коп. млн. п. пуд. чел.
    т. ч. м. б. гл. ст. проц. губ. уѣзд. вол. дер. с. сел. р. к. саж. вер. дес. ф.
    Его Имп. Вел. Г. В. И. А. Н. С.
"""
_SHORT = tuple(_ABBREVIATED.split())
_LATIN_PHRASES = """
    status quo|a priori|ad hoc|de facto|in corpore|ultima ratio|post factum|contra|pro|ibid|sic|NB|PS
    laissez faire|Le Temps|Times|New York|Berlin|Marx|Engels|Neue Zeit|Das Kapital|Paris|London|Figaro|Temps
    via|etc|vice versa
"""
_BROKEN = "\u00ad"
"""Stands for the hyphen after a word that goes on in the next line, until its spelling is settled."""
_MONTH_NAMES = """
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
"""
MONTHS = tuple(_MONTH_NAMES.split())
_ENDINGS = ("мя", "го", "й", "я", "е", "хъ", "му", "ти", "м", "-й", "-го")
_INITIALS = tuple("АБВГДЕИКЛМНПСФЯ")
_NAMED = """
    Иванов Петров Крылов Хлебников Щербаков Цветков Чернов Фомин Шубин Юдин Яковлев Эрн Жуков Зуев
    Ушаков Тихонов Иван Пётр Николай Алексей Сергей Василий Михаил Фёдор Дмитрий Анна Мария Елена
    Ольга Григорий Павел Яков Юлия Иванович Петровна Николаевич Ильинична Кузьмич Лев Зинаида Эмилия
    Харитон Устинья Ефим Борис Вера Глеб Тарас Москва Енисей Томск Казань Рига Одесса Урал Сибирь
    Кавказ Волга Харьков Тула Псков Орёл Ярославль Уфа Киев Бердичев Житомир Вологда Архангельск
    Цюрих Женева Лондон Париж Берлин Китай Япония Польша Европа Америка
"""
_NAMES = tuple(_NAMED.split())
_PHRASES = """
    губерния|уезд|волость|ведомство|прошение|отношение|предписание|рапорт|донесение|Его Высокоблагородию
    господину начальнику|имею честь|покорнейше прошу|Ваше Превосходительство|копия с копии|подлинное подписал
    верно|столоначальник|делопроизводитель|председатель|секретарь|протокол|постановили|слушали|присутствовали
    с подлинным верно|на сумму|итого|остаток|приход|расход|десятин|саженей|вёрст|душ мужского пола|обоего пола
    означенный|вышеизложенное|нижеследующий|вследствие сего|при сём|за № |от сего числа|прилагая при этом
"""


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a table: parted by | or a line end."""
    return tuple(part.strip() for part in text.strip().replace("\n", "|").split("|"))


_OFFICE, _FOREIGN = phrases(_PHRASES), phrases(_LATIN_PHRASES)
_PAIRS = (("«", "»"), ("„", "“"), ('"', '"'), ("“", "”"), ("(", ")"))


def open_text(path: Path) -> str:
    """Plain text, also .xz, as it stands, NFC. ScanError when the file cannot be read as UTF-8."""
    try:
        raw = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        return nfc(raw.decode("utf-8"))
    except OSError as error:
        raise ScanError(f"{path} cannot be read: {reason_of(error)}. Name another file.") from error
    except (lzma.LZMAError, UnicodeDecodeError) as error:
        raise ScanError(
            f"{path} is no UTF-8 text (plain or .xz): {reason_of(error)}. Name another file."
        ) from error


def read_text(path: Path) -> str:
    """The same as one string of single spaces with no letter outside the alphabet."""
    text = open_text(path).translate(_SWAP)
    return regex.sub(" {2,}", " ", regex.sub(f"[^{regex.escape(ALPHABET, special_only=False)}]+", " ", text))


class Texts:
    """Lines out of one or several texts, drawn by chance, with the habits of writers."""

    def __init__(self, texts: Sequence[str], *, old: float = 0.36, romans: float = 0.0) -> None:
        """Shares in 0..1: `old` of lines in old spelling, `romans` of prose with a Roman numeral put in."""
        long_texts = [text for text in texts if len(text) > 200]
        if not long_texts:
            raise ScanError("No text to write: give at least one text of more than 200 letters.")
        self._texts = long_texts
        self._old = old
        self._romans = romans

    def line(self, rng: np.random.Generator, longest: int) -> str:
        """One line of at most `longest` letters, at least one."""
        kind = rng.random()
        if kind < 0.06:
            text = _scramble(rng, longest)
        elif kind < 0.11:
            text = _habits(rng, " ".join(_token(rng) for _ in range(rng.integers(1, 4))), self._old)
        else:
            text = self._cut(rng, longest)
            if self._romans and rng.random() < self._romans:
                text = _with(rng, text, phrase(rng), longest)
            if rng.random() < 0.16:
                text = f"{text} {_token(rng)}" if rng.random() < 0.5 else f"{_token(rng)} {text}"
            text = _habits(rng, text, self._old)
        text = text.replace(_BROKEN, "-" if rng.random() < 0.9 else str(rng.choice(["=", "—", "", "–"])))
        text = "".join(c for c in text if c in _KNOWN)
        text = regex.sub(" +", " ", text[:longest]).strip()
        return text or "и"

    def _cut(self, rng: np.random.Generator, longest: int) -> str:
        """Some words of the text, from a word's beginning, sometimes ended inside a word with a hyphen."""
        text = self._texts[rng.integers(len(self._texts))]
        # mostly near the full length, so that a stage of training sees what it is for
        want = max(int(longest * (1 - 0.75 * rng.random() ** 1.6)), 1)
        at = int(rng.integers(0, len(text) - longest - 60))
        start = text.find(" ", at) + 1
        start = start if 0 < start <= at + 40 else at
        piece = text[start : start + want]
        after = text[start + want : start + want + 1]
        if after.strip() and " " in piece:
            word = piece.rsplit(" ", 1)[1]
            if (
                len(word) >= 2
                and word.isalpha()
                and any(v in word.lower() for v in _VOWELS)
                and rng.random() < 0.5
            ):
                return piece[: longest - 1] + _BROKEN
            piece = piece.rsplit(" ", 1)[0]
        return piece


def _with(rng: np.random.Generator, text: str, put: str, longest: int) -> str:
    """Words put before, behind or among those of a text, which gives way, so that they stand whole."""
    words = (
        text[: max(longest - len(put) - 1, 0)].split(" ")[:-1]
        if len(text) + len(put) >= longest
        else (text.split(" "))
    )
    at = int(rng.integers(len(words) + 1))
    return " ".join([*words[:at], put, *words[at:]])


def _habits(rng: np.random.Generator, text: str, old: float) -> str:
    """The spelling of a time, doubtful yo, capitals, brackets, quotes, dashes."""
    time = rng.random()
    if time < old:
        text = old_spelling(text, rng)
    elif time < old + 0.14:
        text = apostrophe(text)
    if rng.random() < 0.6:
        text = text.replace("ё", "е").replace("Ё", "Е")
    if rng.random() < 0.035:
        text = text.upper()
    elif rng.random() < 0.05:
        text = regex.sub(r"(?<![\p{L}\p{N}'’/-])\p{Ll}", lambda letter: letter[0].upper(), text)
    if rng.random() < 0.08:
        words = text.split(" ")
        at = int(rng.integers(len(words)))
        before, behind = _PAIRS[rng.integers(len(_PAIRS))]
        words[at] = before + words[at].strip(".,") + behind
        text = " ".join(words)
    if rng.random() < 0.3:
        text = text.replace("—", "-" if rng.random() < 0.6 else "–")
    if rng.random() < 0.03:
        text = text.replace("-", "=") if rng.random() < 0.3 else text + rng.choice(list("!?;:.,"))
    return text


def _token(rng: np.random.Generator) -> str:
    """A number, a date, a sum, an abbreviation, a foreign word."""
    n = int(10 ** rng.uniform(0, 5))
    forms = (
        lambda: str(n),
        lambda: f"{rng.integers(1, 32)}/{roman(int(rng.integers(1, 13)))}-{rng.integers(17, 40)} г.",
        lambda: f"{rng.integers(1, 32)}.{rng.integers(1, 13):02d}.{rng.integers(1850, 1975)}",
        lambda: f"{rng.integers(1700, 1980)}" + str(rng.choice([" г.", " году", "", "-го", " гг."])),
        lambda: f"№ {n}" if rng.random() < 0.6 else f"§{n % 200}",
        lambda: f"{n}{rng.choice(['', '½', '¼', '¾', '%', '°', ' р.', ' руб.', ' к.', ' коп.'])}",
        lambda: f"{n} р. {rng.integers(0, 100)}{rng.choice(['', '½', '¼', '¾'])} к.",
        lambda: f"{rng.integers(0, 100)},{rng.integers(0, 100)}%",
        lambda: (
            f"{rng.integers(1, 32)} {rng.choice(MONTHS)} {rng.integers(1800, 1975)}"
            + str(rng.choice([" г.", " года", "", " г"]))
        ),
        lambda: f"{rng.integers(1, 32)}го {str(rng.choice(MONTHS)).capitalize()}",
        lambda: f"{rng.integers(1, 60)}{rng.choice(_ENDINGS)}",
        lambda: f"{rng.integers(2, 99)}/т." + str(rng.choice([" руб.", " р.", ""])),
        lambda: (
            f"{n // 1000 + 1},{rng.integers(0, 1000):03d} {rng.choice(['р.', 'руб.', 'пуд.', 'вер.', 'д.'])}"
        ),
        lambda: f"{n} {rng.choice(['пуд.', 'квадр. саж.', 'вер.', 'дес.', 'чел.', 'душ', 'штук', 'арш.'])}",
        lambda: " ".join(rng.choice(_NAMES, int(rng.integers(1, 4)))),
        lambda: f"{rng.choice(_INITIALS)}. {rng.choice(_INITIALS)}. {rng.choice(_NAMES)}",
        lambda: str(rng.choice(_OFFICE)),
        lambda: str(rng.choice(_OFFICE)),
        lambda: str(rng.choice(_OFFICE)).capitalize(),
        lambda: roman(int(rng.integers(1, 40))),
        lambda: str(rng.choice(_SHORT)),
        lambda: str(rng.choice(_SHORT)),
        lambda: str(rng.choice(_FOREIGN)),
        lambda: f"{rng.integers(1, 100)}{rng.choice(list('+-*/=:'))}{rng.integers(1, 100)}={n}",
        lambda: f"({rng.choice(['см.', 'стр.', 'т.', 'гл.'])} {n % 500})",
        lambda: f"{rng.integers(1, 20)}) ",
    )
    return forms[rng.integers(len(forms))]()


def _scramble(rng: np.random.Generator, longest: int) -> str:
    """Words that are none: so that every letter, rare capitals too, is seen in every neighbourhood."""
    words = []
    for _ in range(int(rng.integers(1, 7))):
        kind = rng.random()
        pool = LETTERS if kind < 0.6 else (LATIN if kind < 0.75 else ALPHABET)
        word = "".join(rng.choice(list(pool), int(rng.integers(1, 10))))
        style = rng.random()
        words.append(word.upper() if style < 0.15 else word.capitalize() if style < 0.5 else word)
    return " ".join(words)[:longest]
