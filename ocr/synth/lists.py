"""Lines of the lists of souls (revision tales) that clerks of the nineteenth century filled in by a form.

Prose has few of these: names with the father's name, ages, years in words, the phrases of the form. In new
spelling; `ocr.synth.spelling` makes the old one.
"""

import numpy as np

from ocr.synth.text import MONTHS, phrases

_MEN = """
    Иван Петр Федор Василий Николай Семен Алексей Михаил Григорий Андрей Степан Яков Павел Егор Дмитрий
    Александр Матвей Никита Афанасий Ефим Максим Тимофей Осип Кузьма Лаврентий Филипп Савва Прокопий Илья
    Гаврило Сергей Константин Данило Игнатий Антон Герасим Мирон Фома Лука Марк Захар Терентий Родион Карп
    Давыд Анисим Евдоким Ермолай Зиновий Иларион Климентий Кирило Леонтий Макар Мартын Назар Нестор Никифор
    Пантелей Поликарп Потап Савелий Сидор Спиридон Тарас Тихон Трофим Устин Харитон Христофор Аверьян Архип
    Борис Варлам Викул Влас Евстигней Елисей Емельян Ермил Иосиф Исай Корнило Лазарь Лев Лукьян Мокей Наум
    Парфен Платон Роман Самсон Селиверст Софрон Фадей Феофан Филат Флор Фрол Абрам Аггей Акинфий Артемий
"""
_WOMEN = """
    Анна Мария Аграфена Авдотья Прасковья Татьяна Марфа Екатерина Наталья Настасья Анисья Ирина Матрена
    Акулина Варвара Дарья Евдокия Елена Елизавета Ефросинья Ксения Лукерья Маремьяна Мавра Надежда Ольга
    Пелагея Раиса Степанида Фекла Федосья Устинья Ульяна Домна Катерина Парасковья Соломея Афимья Агафья Вера
    Глафира Зиновья Любовь Меланья Олимпиада Павла Серафима Таисия Февронья Хиония Юлия Капитолина Клавдия
"""
_FAMILIES = """
    Алексеев Андреев Баранов Белоусов Блинов Богданов Бородин Бушуев Васильев Власов Воробьев Воронин Гилев
    Голубев Горбунов Губин Дементьев Дмитриев Ершов Жуков Зайцев Захаров Зыков Иванов Казанцев Калинин
    Коробков Котов Кузнецов Лебедев Логинов Макаров Мальцев Медведев Морозов Новиков Овчинников Орлов Осипов
    Панов Пермяков Петров Плотников Пономарев Попов Прохоров Пушкарев Рожков Рябов Савельев Садовников Семенов
    Серебряков Сидоров Смирнов Соколов Сорокин Степанов Суворов Сысоев Титов Третьяков Туров Ушаков Федоров
    Харитонов Хлебников Черепанов Чистяков Шабалин Шадрин Шевелев Щербаков Юдин Яковлев
"""
_PLACES = """
    Пермской Вятской Тобольской Оренбургской Енисейской Томской Казанской Московской Тульской Рязанской
    Тверской Владимирской Нижегородской Ярославской Костромской Вологодской Саратовской Самарской Симбирской
"""
_DISTRICTS = """
    Екатеринбургского Верхотурского Ирбитского Камышловского Шадринского Красноуфимского Осинского Кунгурского
    Соликамского Чердынского Оханского Минусинского Красноярского Ачинского Канского Слободского Глазовского
    Московского Коломенского Богородского Дмитровского Тульского Каширского
"""
_TOWNS = """
    Екатеринбурга Перми Кунгура Ирбита Верхотурья Шадринска Камышлова Красноярска Минусинска Енисейска Вятки
    Казани Москвы Тулы Ачинска Канска Тобольска Томска
"""
_ESTATES = """
    мещан|купцов|крестьян|государственных крестьян|дворовых людей|цеховых|мастеровых|купцов третьей гильдии
    непременных работников|отставных нижних чинов|вольноотпущенных
"""
_FORM = """
    Ревизская сказка|Дополнительная ревизская сказка|Копия с ревизской сказки|Мужеский пол|Женский пол|Семьи
    По последней ревизии состояло и после оной прибыло|Из того числа выбыло|Когда именно выбыло|Ныне налицо
    Временно в отлучке|С которого времени|Лета|Число|Года|о состоящих мужеского и женского пола
    Итого мужеского пола налицо|Итого женского пола налицо|Казенной Палаты|Казенной Палате|по ревизии
    ревизии|ревизия|Ревизская Комиссия|Городского общества|Городская Дума|Городской Голова
    Волостное Правление|Сельский староста|Староста|Писарь|к сей ревизской сказке руку приложил
    за неумением грамоте|по личной просьбе|Свидетельствовал|Верно|С подлинным верно|Секретарь|Столоначальник
    Бухгалтер|Подписал|утверждены|перечислены|показаны|записаны|пропущены|прописан|значится|по списку
    в семействе|о семействе|при сем семействе|на странице|под №|Именно|Переписная
"""
_ENTRIES = """
    умер|умре|умерла|отдан в рекруты|взят в рекруты|поступил в рекруты|в бегах|переведен|причислен
    причислена|исключен|исключена|перечислен в купцы|выдана в замужество|вышла в замужество
    сослан на поселение|отпущен на волю|незаконнорожденный|новорожденный|в отлучке|налицо|вновь рожден
    поступил в мещане|приписан|из крестьян|по указу
"""
_RELATIVES = """
    жена|жена его|сын|дочь|сыновья|дети|брат|внук|внука|племянник|мать|сестра|вдова|вдова его|жена вторая
    от первой жены|пасынок|зять|невестка|дед
"""
_ORDINALS = """
    первого второго третьего четвертого пятого шестого седьмого осьмого восьмого девятого десятого
"""
_TENS = ("двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")
_MALE, _FEMALE, _SURNAMES = (tuple(names.split()) for names in (_MEN, _WOMEN, _FAMILIES))
_PROVINCES, _COUNTIES, _CITIES = (tuple(names.split()) for names in (_PLACES, _DISTRICTS, _TOWNS))
_YEARS, _MONTHS = tuple(_ORDINALS.split()), tuple(month.capitalize() for month in MONTHS)
_PEOPLE, _HEADS, _FATES, _KIN = (phrases(text) for text in (_ESTATES, _FORM, _ENTRIES, _RELATIVES))


def son_of(name: str) -> str:
    """The father's name as a clerk wrote it for a man: Иванов, Алексеев, Никитин, Яковлев."""
    if name[-1] in "ая":
        return name[:-1] + "ин"
    if name[-2:] == "ий":
        return name[:-1] + "ев" if name[-3] == "р" else name[:-2] + "ьев"  # Дмитриев, but Васильев
    if name[-1] == "й":
        return name[:-1] + "ев"
    if name[-1] == "о":
        return name[:-1] + "ов"
    if name[-1] == "ь":
        return name[:-1] + "ев"
    return {"Петр": "Петров", "Лев": "Львов", "Павел": "Павлов", "Яков": "Яковлев"}.get(name, name + "ов")


def of(name: str) -> str:
    """A man's name in the genitive: Ивана, Алексея, Никиты, Ильи."""
    if name[-1] == "а":
        return name[:-1] + ("и" if name[-2] in "гкх" else "ы")
    if name[-1] == "я":
        return name[:-1] + "и"
    if name[-1] in "йь":
        return name[:-1] + "я"
    if name[-1] == "о":
        return name[:-1] + "а"
    return {"Лев": "Льва", "Павел": "Павла"}.get(name, name + "а")


def year(rng: np.random.Generator) -> str:
    """A year of the nineteenth century in words: тысяча восемьсот пятьдесят осьмого года."""
    tens = str(rng.choice(_TENS))
    after = f" {rng.choice(_YEARS[:-1])}" if rng.random() < 0.85 else " " + str(rng.choice(_YEARS))
    start = "Тысяча" if rng.random() < 0.5 else "тысяча"
    middle = "восемьсот" if rng.random() < 0.7 else "осемьсот"
    return f"{start} {middle} {tens}{after} года"


def person(rng: np.random.Generator) -> str:
    """Somebody, by name and kin."""
    man, father = rng.choice(_MALE, 2)
    woman, family = str(rng.choice(_FEMALE)), str(rng.choice(_SURNAMES))
    forms = (
        lambda: f"{man} {son_of(father)} {family}",
        lambda: f"{man} {son_of(father)}",
        lambda: f"{of(man)} {son_of(father)}а жена {woman}",
        lambda: f"{of(man)} {rng.choice(_KIN)} {woman}",
        lambda: f"{of(man)} сын {rng.choice(_MALE)}",
        lambda: f"{rng.choice(_KIN)} {rng.choice(_MALE)}",
        lambda: f"{of(man)} {son_of(father)}а {family}а",
        lambda: f"{woman} {son_of(father)}а",
        lambda: f"у {of(man)} дочери {woman}",
        lambda: f"{man} {son_of(father)} {rng.integers(1, 80)}",
        lambda: f"его жена {woman}",
        lambda: f"{woman}",
    )
    return forms[rng.integers(len(forms))]()


def list_line(rng: np.random.Generator) -> str:
    """One line of such a list, one to some ten words, in new spelling."""
    forms = (
        lambda: person(rng),
        lambda: person(rng),
        lambda: f"{person(rng)}, {person(rng)}",
        lambda: str(rng.choice(_HEADS)),
        lambda: year(rng),
        lambda: f"{year(rng)} {rng.choice(_MONTHS)} {rng.integers(1, 32)} дня",
        lambda: f"{rng.choice(_PROVINCES)} Губернии {rng.choice(_COUNTIES)} уезда",
        lambda: f"{rng.choice(_PROVINCES)} губернии города {rng.choice(_CITIES)} {rng.choice(_PEOPLE)}",
        lambda: f"города {rng.choice(_CITIES)} {rng.choice(_PEOPLE)} {rng.choice(_HEADS)}",
        lambda: f"г. {rng.choice(_CITIES)}.",
        lambda: f"{rng.choice(_PROVINCES)} Казенной Палаты",
        lambda: f"{rng.choice(_FATES)} в {rng.integers(1834, 1875)} году",
        lambda: f"{rng.choice(_FATES)} {rng.integers(1834, 1875)}",
        lambda: f"{rng.choice(_FATES)} в {rng.integers(1834, 1875)} году {person(rng)}",
        lambda: f"{rng.choice(_MONTHS)} {rng.integers(1, 32)} дня {rng.integers(1834, 1875)} года",
        lambda: f"о состоящих мужеского и женского пола {rng.choice(_PEOPLE)}",
        lambda: f"в {rng.integers(1834, 1875)} году {person(rng)}",
        lambda: f"{rng.integers(1, 80)} {rng.integers(1, 80)}",
    )
    return forms[rng.integers(len(forms))]()
