"""Russian spelling before 1918 and in the 1920s, by rule: near enough to teach a reader the letters.

Source of the rules: the school grammar of the time as the reform decrees of 1917-18 describe it (ѣ, і, ѳ, ъ
at the end of words, -аго/-яго, ея). Roots with ѣ are listed; case endings are known only after prepositions.
"""

import numpy as np
import regex

_ROOTS = """
    бег бед бел бес вед век вен веник вер вес ветв ветер ветр вещ гнев гнезд грех гре дев дед дел дет
    длин едк езд желѣз завет залез замет звезд звер зде змей зме зрен зрел калек клет колен креп лев лез
    лек лекар лен леп лес лест лет леч мед мел мен мер мес мест меся мет мех меш медвѣд намерен невест
    недел нем нет обед облег обет орех ответ пе песн пен печал плен побед полен посет примет приветств
    прогрес развед редк резв реза рек реч реш свеж свет свеч север сед семен сен сет сечен след слеп
    смел смен смех снег совет сосед спе спех спеш стен стрел телѣг тел тен тесн тест уезд успех утех
    хлеб хлев цвет цел цен цеп человѣк
"""
# the same letters begin roots that never had ѣ
_NEVER = """
    ленин пленум метод металл немного неменя медал мелод телес бедр бесп бесс бест бесч бесц бесф бесш
    веселье веск весел весн велик верт верх верб верн вечер ведр ведут ведет ведь веду везд десят дерев
    день дня делик лежа лечь лег леденц лев лент лепест медв мелоч менее меньш мерз мерц мертв метр меч
    мечт месть мель немец нести нес пень пенс пенит печ пески песок пепел перв перед рекорд ректор рекл
    реп речен решет резерв резул редак рево рельс ремон секр сем семь семе сент серд серв сестр сетов
    телеф телегр телев тем темн темп тен тесьм тест теат теор цензу центр целл цемен четыр череп чест
    шест летар лекц летал
"""
_WHOLE = {
    "все": "всѣ",
    "всех": "всѣхъ",
    "всем": "всѣмъ",
    "всеми": "всѣми",
    "те": "тѣ",
    "тех": "тѣхъ",
    "тем": "тѣмъ",
    "теми": "тѣми",
    "мне": "мнѣ",
    "тебе": "тебѣ",
    "себе": "себѣ",
    "где": "гдѣ",
    "здесь": "здѣсь",
    "нет": "нѣтъ",
    "нигде": "нигдѣ",
    "везде": "вездѣ",
    "ныне": "нынѣ",
    "вместе": "вмѣстѣ",
    "возле": "возлѣ",
    "после": "послѣ",
    "кроме": "кромѣ",
    "доле": "долѣ",
    "более": "болѣе",
    "менее": "менѣе",
    "чем": "чѣмъ",
    "кем": "кѣмъ",
    "обе": "обѣ",
    "две": "двѣ",
    "двести": "двѣсти",
    "ехать": "ѣхать",
    "ехал": "ѣхалъ",
    "есть": "есть",
    "ей": "ей",
    "мир": "міръ",
    "мира": "міра",
    "мире": "мірѣ",
    "весь": "весь",
    "всей": "всей",
    "еще": "еще",
    "ещё": "еще",
    "ее": "ея",
    "её": "ея",
    "нее": "нея",
    "неё": "нея",
    "они": "они",
    "одни": "однѣ",
    "имеет": "имѣетъ",
    "иметь": "имѣть",
    "имел": "имѣлъ",
    "имели": "имѣли",
    "сметь": "смѣть",
    "уметь": "умѣть",
    "хотел": "хотѣлъ",
    "хотели": "хотѣли",
    "смотрел": "смотрѣлъ",
    "видел": "видѣлъ",
    "видели": "видѣли",
    "видеть": "видѣть",
    "сидел": "сидѣлъ",
    "сидеть": "сидѣть",
    "некоторые": "нѣкоторые",
    "некоторых": "нѣкоторыхъ",
    "несколько": "нѣсколько",
    "некогда": "нѣкогда",
    "некто": "нѣкто",
    "нечто": "нѣчто",
    "федор": "Ѳедоръ",
    "федоров": "Ѳедоровъ",
    "арифметика": "ариѳметика",
    "кафедра": "каѳедра",
    "орфография": "орѳографія",
    "афины": "Аѳины",
    "миф": "миѳъ",
    "эфир": "эѳиръ",
    "марфа": "Марѳа",
    "матфей": "Матѳей",
    "тимофей": "Тимоѳей",
    "синод": "сѵнодъ",
    "миро": "мѵро",
    "апреле": "апрѣлѣ",
    "апрель": "апрѣль",
    "сергей": "Сергѣй",
    "алексей": "Алексѣй",
    "индеец": "индѣецъ",
    "копейка": "копѣйка",
    "копеек": "копѣекъ",
    "хлеб": "хлѣбъ",
    "цель": "цѣль",
    "речь": "рѣчь",
    "тень": "тѣнь",
    "лень": "лѣнь",
    "день": "день",
    "пять": "пять",
}
_KEPT_OGO = """
    много немного того этого кого никого одного самого всего него его моего твоего своего нашего вашего
    чего ничего  сего дорого строго итого другого
"""
# where the first е of a root is not the one, the root is listed with its ѣ
_YAT = {r.replace("ѣ", "е"): r if "ѣ" in r else r.replace("е", "ѣ", 1) for r in _ROOTS.split()}
_ROOT = regex.compile(
    r"^((?:не|за|по|на|вы|раз|рас|про|при|пере|до|от|об|у|с|из|ис|без|под|пред|в|о)?)("
    + "|".join(sorted(_YAT, key=len, reverse=True))
    + ")"
)
_NOT_ROOT = regex.compile(
    r"^(?:не|за|по|на|вы|раз|рас|про|при|пере|до|от|об|у|с|из|ис|без|под|пред|в|о)?(?:"
    + "|".join(_NEVER.split())
    + ")"
)
_WORD = regex.compile(r"(?<![\p{L}.(-])\p{Cyrillic}+(?![\p{L}(])(?!\.\p{L})")
_KEPT_WORDS = frozenset(_KEPT_OGO.split())
_AFTER = frozenset({"в", "во", "на", "о", "об", "при"})
_CONSONANTS = frozenset("бвгджзклмнпрстфхцчшщѳ")
_BEFORE = regex.compile(r"и(?=[аеёийоуыэюяѣ])")


def apostrophe(text: str) -> str:
    """The dividing hard sign as an apostrophe, as in the 1920s and 30s: съезд -> с'езд."""
    return regex.sub(r"(?<=\p{Cyrillic})[ъЪ](?=[еёюяЕЁЮЯ])", "'", text)


def old_spelling(text: str, rng: np.random.Generator | None = None) -> str:
    """The text as it would have been written before 1918. Chance, if given, spares a word here and there."""
    last = ""

    def one(found: regex.Match[str]) -> str:
        nonlocal last
        word, before = found.group(), last
        last = word.lower()
        if len(word) <= 3 and found.string[found.end() : found.end() + 1] == ".":  # short for something
            return word
        if rng is not None and rng.random() < 0.03:
            return word
        return _like(word, _old_word(last, before))

    return _WORD.sub(one, text)


def _old_word(word: str, before: str) -> str:
    if word in _WHOLE:
        return _WHOLE[word]
    if len(word) > 4 and word.endswith(("ого", "его")) and word not in _KEPT_WORDS:
        soft = word[-3] == "е" and word[-4] not in "жчшщ"
        word = word[:-3] + ("яго" if soft else "аго")
    root = _ROOT.match(word)
    if root and not _NOT_ROOT.match(word):
        start, end = root.span(2)
        word = word[:start] + _YAT[root.group(2)] + word[end:]
    if len(word) > 3 and word.endswith("ее"):
        word = word[:-2] + "ѣе"
    elif len(word) > 2 and before in _AFTER and word.endswith("е") and word[-2] in _CONSONANTS:
        word = word[:-1] + "ѣ"
    word = _BEFORE.sub("і", word)
    if word[-1] in _CONSONANTS:
        word += "ъ"
    return word


def _like(word: str, new: str) -> str:
    """The new word with the capitals of the old one."""
    if len(word) > 1 and word.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if word[:1].isupper() else new
