"""Old Russian spelling in the new one, by rule and list: what the reform of 1917-18 changed, and no more.

Letters (ѣ і ѳ ѵ, ъ at the end), the endings -аго, -ыя, -ія of adjectives, the prefixes без-, из-, раз-, воз-
before voiceless consonants, ея, онѣ, однѣ. Words, forms and names of their time stay: Іоаннъ is Иоанн, the
surname Живаго stays Живаго. A word already in new spelling comes back as it was.
"""

from functools import lru_cache

import regex

from ocr.text import bare_word

_OLD = regex.compile(r"[ѣіѳѵѢІѲѴ]|ъ|Ъ|['’ʼ]|ыя|ія|[ая]го|[еиаоЕИАО]з[кпстфхцчшщ]|я$|итти$", regex.IGNORECASE)
"""A word without any of these is in new spelling already."""
_WHOLE_WORDS = """
    ея:ее нея:нее онѣ:они однѣ:одни однѣхъ:одних однѣмъ:одним однѣми:одними чрезчуръ:чересчур
    черезчуръ:чересчур итти:идти притти:прийти третія:третьи божія:божия выя:выя мѵра:мира мѵро:миро
    змія:змея змѣя:змея
"""
_WHOLE = dict(pair.split(":") for pair in _WHOLE_WORDS.split())
_STEMS = tuple(
    (regex.compile(old), new)
    for old, new in (
        ("(?<=ма)іор", "йор"),
        ("(?<=^ра)іон", "йон"),
        ("(?<=^ма)іск", "йск"),
        ("^і(?=од[ъаоиуін]|орк)", "й"),
        ("серіозн", "серьезн"),
        ("ѣ̈", "ё"),
        ("(?<=[еа])ѵ", "в"),
    )
)
_LETTERS = str.maketrans({"ѣ": "е", "і": "и", "ѳ": "ф", "ѵ": "и", "ї": "и"})
_APOSTROPHE = regex.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])['’ʼ](?=[еёюяи])")
_FINAL = regex.compile(r"(?<=\p{Cyrillic})ъ+$")
_BEFORE_I = regex.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])ъ[иі]")
_NEEDLESS = regex.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])ъ(?![еёюяѣъ])")

_NOT_AGO = frozenset({"благо", "саго", "чикаго", "яго", "сантьяго", "иаго", "мангаго", "архипелаго"})
_SURNAMES = frozenset({"живаго", "веселаго", "мертваго", "бураго", "дубяго", "хитраго", "сухаго"})
"""Written with a capital they are names."""
_AGO = regex.compile(r"([ая])го(ся)?$")
_STRESSED = regex.compile(r"(?:^|не)(?:чуж|больш|меньш)(?=аго$)")
_YYA = regex.compile(r"ыя(?=(ся)?$)")
_IYA = regex.compile(
    r"(?:[щш]|[ауяю]ч|рабоч|проч|езж|свеж|гож|хож|дюж|чуж|рыж|ск|цк"
    r"|долг|строг|друг|мног|дорог|убог|наг|туг|пег|лог(?<=отлог|полог)|ног|благ|[^о]к|(?<!вд)ок"
    r"|тих|сух|плох|ветх|лих|глух"
    r"|шн|последн|средн|поздн|праздн|задн|передн|соседн|городн|годн|летн|осенн|зимн|весенн|вечерн|утренн"
    r"|ранн|древн|давн|верхн|нижн|крайн|искренн|син|дальн|ближн|прежн|внутренн|дочерн|сыновн|сторонн|порожн"
    r"|исподн|господн|сходн)ия(?=(ся)?$)"
)
_NOT_IYA = regex.compile(r"(?:(?<!^п)ология|алогия|словакия|^лукия|^ликия|^никия)$")
_OPENED = r"^(?:не|про|по|со|пре|пере|пред|без|бес|в)?"
_PREFIXES = (
    regex.compile(r"^(?:не|пре)?(?:обе|бе|не обе)з(?=[кпстфхцчшщ])"),
    regex.compile(r"^(?:необе)з(?=[кпстфхцчшщ])"),
    regex.compile(_OPENED + r"из(?=[кпстфхцчшщ])"),
    regex.compile(_OPENED + r"р[ао]з(?=[кпстфхцчшщ])"),
    regex.compile(r"^(?:не|пре|пере)?воз(?=с)"),
    regex.compile(r"^низ(?=[псх])"),
    regex.compile(r"^чере?з(?=[кпстфхцчшщ])|^чрез(?=[кпстфхцчшщ])"),
)
_HYPHEN = regex.compile(r"([-‐‑–])")


@lru_cache(maxsize=65536)
def modern(token: str) -> str:
    """A token (punctuation around it stays) in new spelling.

    Parts joined by hyphens are words of their own. What a hyphen or an apostrophe ends is a half of a word,
    and its last letter is not that of a word: join halves before.
    """
    before, core, after = bare_word(token)
    return before + "".join(map(_word, _HYPHEN.split(core))) + after


def _word(word: str) -> str:
    if not _OLD.search(word):
        return word
    low = word.lower()
    if word[:1].isupper() and low in _SURNAMES:
        return word
    new = _WHOLE.get(low) or _by_rule(low)
    return _like(word, new)


def _by_rule(word: str) -> str:
    for old, new in _STEMS:
        word = old.sub(new, word)
    word = _APOSTROPHE.sub("ъ", word)
    word = _NEEDLESS.sub("", _BEFORE_I.sub("ы", _FINAL.sub("", word)))
    was_old = "ія" in word
    word = word.translate(_LETTERS)
    if _AGO.search(word) and word not in _NOT_AGO and len(word) > 4:
        word = _AGO.sub(lambda m: _ago(word, m), word)
    if len(word) > 3:
        word = _YYA.sub("ые", word)
        if was_old and not _NOT_IYA.search(word):
            word = _IYA.sub(lambda m: m.group()[:-1] + "е", word)
    for prefix in _PREFIXES:
        word = prefix.sub(lambda m: m.group()[:-1] + "с", word)
    return word


def _ago(word: str, ending: regex.Match[str]) -> str:
    """-ого after a hard consonant, -его after a soft one or a hiss."""
    is_soft = ending[1] == "я" or (word[ending.start() - 1] in "жчшщц" and not _STRESSED.search(word))
    return ("его" if is_soft else "ого") + (ending[2] or "")


def _like(word: str, new: str) -> str:
    """The new word with the capitals of the old one."""
    if len(word) == len(new):
        pairs = zip(word, new, strict=True)
        return "".join(b.upper() if a.isupper() else b for a, b in pairs)
    if len(word) > 1 and word.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if word[:1].isupper() else new
