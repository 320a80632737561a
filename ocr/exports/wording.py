"""What exports say of themselves, in English and in Russian."""

from ocr.exports.reading import ExportSettings, ShownWords


def remark_of(counts: ShownWords, settings: ExportSettings) -> str:
    """What the threshold left out, for the screen; empty without one."""
    return summary(counts, settings)[0] if settings.threshold and counts.words else ""


def summary(counts: ShownWords, settings: ExportSettings) -> tuple[str, str]:
    """How many words are shown, what was left out, and how many of those shown are expected to be wrong, in
    English and in Russian."""
    english, russian = f"{counts.words:,} words".replace(",", "\u202f"), _words_ru(counts.words)
    share, error = counts.share_left_out, counts.expected_error
    if settings.threshold and share is not None:
        least, percent = f"{settings.threshold:.2f}", f"{100 * share:.1f}"
        english += f"; {counts.left_out} ({percent} %) under {least} left out"
        russian += f"; опущено {counts.left_out} ({_comma(percent)} %) с вероятностью ниже {_comma(least)}"
    if error is not None:
        english += (
            f"; of those shown, {100 * error:.1f} % are expected to be wrong, as their confidences have it"
        )
        russian += (
            f"; среди показанных ожидается {_comma(f'{100 * error:.1f}')} % ошибочных (по вероятностям слов)"
        )
    if counts.unknown:
        english += f"; {counts.unknown} have no confidence and are not counted in that"
        russian += f"; у {counts.unknown} вероятности нет, в расчёт они не вошли"
    return f"{english}.", f"{russian}."


def _comma(number: str) -> str:
    return number.replace(".", ",")


def _words_ru(count: int) -> str:
    last, tens = count % 10, count % 100
    form = (
        "слово"
        if last == 1 and tens != 11
        else "слова"
        if last in {2, 3, 4} and tens not in {12, 13, 14}
        else "слов"
    )
    return f"{count:,} {form}".replace(",", "\u202f")


LEGEND = {
    "page": (
        "начало страницы: её номер по порядку, имя скана (и номер, написанный на листе)",
        "a page begins: its number in order, the name of its scan (and the number written on it)",
    ),
    "line": ("номер строки на странице", "number of the line on the page"),
    "gap": ("не прочитано или опущено", "not read, or left out"),
    "doubtful": ("прочитано с сомнением", "read with doubt"),
    "del": ("зачёркнуто", "struck out"),
    "add": ("вписано автором", "put in by the writer"),
    "supplied": ("восстановлено редактором", "supplied by an editor"),
    "foreign": ("на другом языке", "in another language"),
    "hi": ("подчёркнуто", "underlined"),
    "superscript": ("надстрочные буквы", "raised letters"),
    "expan": ("сокращение раскрыто редактором", "an abbreviation expanded by an editor"),
}
"""What signs and styles mean, in Russian and in English."""
