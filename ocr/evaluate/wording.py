"""The words of the report in English and Russian: one list, from which the page itself switches."""

from functools import cache
from importlib.resources import files

from ocr.errors import SettingsError
from ocr.notation import from_json

LANGUAGES = ("en", "ru")


@cache
def catalogue() -> dict[str, list[str]]:
    """Each key with its English and its Russian; forms for numbers are parted by "|"."""
    text = files("ocr.evaluate").joinpath("words.json").read_text("utf-8")
    keys: dict[str, list[str]] = from_json(text)
    return keys


class Wording:
    """Says things in one language.

    Values whose names begin with "n" are figures: they get a decimal comma in Russian, and the first of
    them, when it is a whole number, chooses among forms (one line, two lines).
    """

    def __init__(self, lang: str = "en") -> None:
        if lang not in LANGUAGES:
            raise SettingsError(
                f"There is no language {lang!r} for the report; known: {', '.join(LANGUAGES)}."
            )
        self.lang = lang
        self._place = LANGUAGES.index(lang)

    def plain(self, key: str, **values: str) -> str:
        """The words as text."""
        if self.lang == "ru":
            values = {k: decimal_comma(v) if k.startswith("n") else v for k, v in values.items()}
        forms = catalogue()[key][self._place].split("|")
        text = forms[_form(self.lang, next(iter(values.values()), "")) if len(forms) > 1 else 0]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text


def decimal_comma(figure: str) -> str:
    """A figure as Russian readers write it."""
    return figure.replace(".", ",")


def _form(lang: str, figure: str) -> int:
    """Which form of a noun goes with a number."""
    figures = figure.replace("\u202f", "")
    number = int(figures) if figures.isdecimal() else 0
    if lang == "en":
        return 0 if number == 1 else 1
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else 2


def whole(number: int) -> str:
    """A count with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def percent(rate: float | None, digits: int = 2) -> str:
    """A rate in per cent, a dash when there is none."""
    return "–" if rate is None else f"{100 * rate:.{digits}f}\u202f%"
