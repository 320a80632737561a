"""Russian spelling before 1918 and in the 1920s, by rule: near enough to teach a reader the letters.

Source of the rules: the school grammar of the time as the reform decrees of 1917-18 describe it (ѣ, і, ѳ, ъ
at the end of words, -аго/-яго, ея). Roots with ѣ are listed; case endings are known only after prepositions.
"""

import numpy as np
import regex

_ROOTS = """
    бег беж бед бел бес бесед век вен вера вери веро веру верн ветв ветер ветр вес вещат вещал завещ
    извещ совещ гнев гнезд грех грет грел грее согре дев дед дел дет еду едет едем ехал ехат ехав едк
    езд съезд объезд подъезд разъезд въезд желѣз завет заведыв заведующ замет звезд звер здес здеш змей
    зме зрен зрел созре подозре презрѣ калек клет колен креп лев лез лек лекар лен леп лес лест лет леч
    медвѣд медь медн мел мен мера меру меры мерой мерам мерн мери мест меся меси смес мет метк метит
    метил отмет мех меш мещ намерен размер измер пример умерен невест недел понедѣльн немой немая нелеп
    обед обет обещ орех ответ отвеч певе певи певч песн песен пел петь воспе плен побед полен посет
    посеще предѣл привет примет разведк разведч редк редко резв реза резк рек реч реш свеж свет светл
    свеч сведущ север сед семен сен сет сеч след слеп смел смен смех снег совет совест сосед спе спех
    спеш стен стрел телѣг тел тен тесн тест уезд успех утех хлеб хлев цвет цел цен цеп человѣк ведом
    владѣл внешн встреч встрет надея надею нынѣш смея сеят действ деят сомнѣн обидѣ последоват соотвѣт
    свѣдѣн зате сергѣ алексѣ матвѣ елисѣ моисѣ
"""
# the same letters begin roots that never had ѣ
_NEVER = """
    осен затем бегемот ленин пленум метод металл метал метл метр метел немного неменя медал мелод мелоч
    мельн бедр бесп бесс бест бесч бесц бесф бесш беск бесх вексел венгр вена вене веселье веск весел
    весл весн вести весьма велик верт верх верб вернул верне вернис верну вериг вечер ведр ведут ведет
    ведь веду везд вещес гречес девят девян десят дерев день дня делик делег детал детек детон лежа лечь
    лег леденц лева лент лепест лепет лестн лесть меня менее меньш меню менедж мерз мерц мертв месть
    механ мечт меч немец нести нес олен пень пенс пенит печ пески песок пепел перв перед рекорд ректор
    рекл реквиз реком рекрут рект реп речен решет резерв резул редак рево рельс ремон секр секунд седьм
    сем семь семе сент сенат серд серв сестр сетов телеф телегр телев теля теле тем темн темп тен тенд
    тенор теннис тесьм тест теат теор цензу цензор центр целл цемен четыр череп чест шест летар лекц
    лектор
"""
# whole words that no rule makes, or that a rule would spoil
_WHOLE_WORDS = """
    все:всѣ меня:меня нем:немъ нему:нему вне:внѣ разве:развѣ затем:затѣмъ совсем:совсѣмъ зачем:зачѣмъ
    прежде:прежде доныне:донынѣ ныне:нынѣ здесь:здѣсь отсюда:отсюда едва:едва обеих:обѣихъ обеим:обѣимъ
    уже:уже сем:семъ чаще:чаще всех:всѣхъ всем:всѣмъ всеми:всѣми те:тѣ тех:тѣхъ тем:тѣмъ теми:тѣми мне:мнѣ
    тебе:тебѣ себе:себѣ где:гдѣ нет:нѣтъ нигде:нигдѣ везде:вездѣ вместе:вмѣстѣ возле:возлѣ после:послѣ
    кроме:кромѣ доле:долѣ более:болѣе менее:менѣе чем:чѣмъ кем:кѣмъ обе:обѣ две:двѣ двести:двѣсти
    ехать:ѣхать ехал:ѣхалъ есть:есть ей:ей мир:міръ мира:міра мире:мірѣ весь:весь всей:всей еще:еще ещё:еще
    ее:ея её:ея нее:нея неё:нея они:они имеет:имѣетъ иметь:имѣть имел:имѣлъ имели:имѣли сметь:смѣть
    уметь:умѣть хотел:хотѣлъ хотели:хотѣли смотрел:смотрѣлъ видел:видѣлъ видели:видѣли видеть:видѣть
    сидел:сидѣлъ сидеть:сидѣть некоторые:нѣкоторые некоторых:нѣкоторыхъ несколько:нѣсколько некогда:нѣкогда
    некто:нѣкто нечто:нѣчто федор:Ѳедоръ федоров:Ѳедоровъ арифметика:ариѳметика кафедра:каѳедра
    орфография:орѳографія афины:Аѳины миф:миѳъ эфир:эѳиръ марфа:Марѳа матфей:Матѳей тимофей:Тимоѳей
    синод:сѵнодъ миро:мѵро апреле:апрѣлѣ апрель:апрѣль сергей:Сергѣй алексей:Алексѣй индеец:индѣецъ
    копейка:копѣйка копеек:копѣекъ хлеб:хлѣбъ цель:цѣль речь:рѣчь тень:тѣнь лень:лѣнь день:день пять:пять
"""
_KEPT_OGO = """
    много немного того этого кого никого одного самого всего него его моего твоего своего нашего вашего
    чего ничего  сего дорого строго итого другого
"""
_WHOLE = dict(pair.split(":") for pair in _WHOLE_WORDS.split())
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
_AFTER = frozenset({"в", "во", "на", "о", "об", "при", "к", "ко", "по"})
_KEEPS = ("ой", "ей", "ом", "ем", "сей")
"""Endings of words that stand between a preposition and its noun: в новой школѣ."""
_NOT_CASE = frozenset(
    {"поле", "море", "горе", "общее", "даже", "тоже", "также", "лучше", "выше", "ниже", "более"}
)
_VERB = regex.compile(
    r"(вид|сид|хот|смотр|терп|бол|жал|разум|гляд|кип|гор|вел|шум|влад|одол|усп|зелен|стар|ум|им)"
    r"е(?=л[аои]?(?:с[ья])?$|ть|в$|вш|ни[еюий]|ю|ет$|ем$|ешь$|ющ)"
)
_SUPERLATIVE = regex.compile(r"(?<=[бвдзлмнпрстф])ейш(?=[аеиую])")
_SOFT_NEUTER = regex.compile(
    r"(посл[еѣ]д|сред|древ|вечер|утрен|л[еѣ]т|зим|осен|весен|внутрен|внеш|преж|ниж|верх|край|искрен|позд|ран|домаш"
    r"|тепереш|нынеш|здеш|си|даль|ближ)нее$"
)
_HISSED = regex.compile(r"^бес(?=[кптсфхцчшщ])")
_DOUBLED = regex.compile(r"^(ра|и|во)сс(?=[втклпчмноеуау])")
_CONSONANTS = frozenset("бвгджзклмнпрстфхцчшщѳ")
_BEFORE = regex.compile(r"и(?=[аеёийоуыэюяѣ])")


def apostrophe(text: str) -> str:
    """The dividing hard sign as an apostrophe, as in the 1920s and 30s: съезд -> с'езд."""
    return regex.sub(r"(?<=\p{Cyrillic})[ъЪ](?=[еёюяЕЁЮЯ])", "'", text)


def old_spelling(text: str, rng: np.random.Generator | None = None) -> str:
    """The text as it would have been written before 1918. Chance, if given, spares a word here and there.

    A soft hyphen after a word marks one that goes on in the next line: it gets no ъ. Words stay as many.
    """
    last, end = "", 0
    plural = rng is not None and rng.random() < 0.5

    def respelt(match: regex.Match[str]) -> str:
        nonlocal last, end
        word, low = match.group(), match.group().lower()
        before = last if match.string[end : match.start()].isspace() else ""
        end = match.end()
        after = match.string[end : end + 1]
        if len(word) <= 3 and after == ".":  # short for something
            last = ""
            return word
        # an adjective stands between the preposition and its noun
        last = before if before in _AFTER and len(low) > 3 and low.endswith(_KEEPS) else low
        if rng is not None and rng.random() < 0.03:
            return word
        new = _old_word(low, before)
        if plural and rng is not None and rng.random() < 0.6:
            new = _PLURAL.sub(lambda ending: "ыя" if ending.group() == "ые" else "ія", new)
        return _like(word, new.removesuffix("ъ") if after == "\u00ad" else new)

    return _WORD.sub(respelt, text)


_PLURAL = regex.compile(r"(?<=\w\w)ые$|(?<=[кгхшщчж])іе$")
"""Adjectives that may go with women or things: добрыя, русскія."""


def _old_word(word: str, before: str) -> str:
    if word in _WHOLE:
        return _WHOLE[word]
    if len(word) > 4 and word.endswith(("ого", "его")) and word not in _KEPT_WORDS:
        soft = word[-3] == "е" and word[-4] not in "жчшщ"
        word = word[:-3] + ("яго" if soft else "аго")
    word = _DOUBLED.sub(r"\1зс", _HISSED.sub("без", word)) if len(word) > 5 else word
    root = _ROOT.match(word)
    if root and not _NOT_ROOT.match(word):
        start, end = root.span(2)
        word = word[:start] + _YAT[root.group(2)] + word[end:]
    word = _SUPERLATIVE.sub("ѣйш", _VERB.sub(r"\1ѣ", word))
    if len(word) > 3 and word.endswith("ее") and word[-3] not in "жшщч" and not _SOFT_NEUTER.search(word):
        word = word[:-2] + "ѣе"
    elif (
        len(word) > 2
        and before in _AFTER
        and word.endswith("е")
        and word[-2] in _CONSONANTS
        and word not in _NOT_CASE
    ):
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
