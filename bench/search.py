"""A collection searched: how large its index is, how quickly it is built, how soon it answers.

    python bench/search.py --pages 5000 --like OUT TEXT.xz...

Draws pages of 240 words from the texts (words of three letters and more misread, and rivals told, as often
and as surely as in the records below OUT), writes them as TEI, indexes them with `ocr.search.index.renew`
and asks queries of every kind, each --rounds times. A table first, one JSON object last. Times of answers are
CPU time of this process, with the index open; the rate of building is CPU time of all processes, parsing of
the TEI included, and the clock beside it. --fed pages are put in below the TEI, for size and answers alone.
With --renewed all pages of the TEI change at the end, and another process brings the index up, which takes
the fed ones out: how long does a search wait meanwhile, by the clock?
"""

import argparse
import gc
import json
import lzma
import multiprocessing
import random
import re
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from ocr.search import index
from ocr.search.answer import answer
from ocr.search.index import INDEX, opened, renew
from ocr.search.packing import packed_words
from ocr.search.query import parse_query
from ocr.search.record import SearchLine, search_page, spot
from ocr.search.rows import rows_of
from ocr.search.stamps import Stamp
from ocr.workers import processors

WORDS, OF_LINE = 240, 8
LIKE = ["аоея", "ниийп", "тмшщ", "лмя", "гчтр", "есо", "вбд", "кнх", "зэ", "ую", "ыи", "жм", "ьъ"]
PARTNERS = {letter: row.replace(letter, "") for row in LIKE for letter in row}


def misread(word: str, dice: random.Random) -> str:
    at = dice.randrange(len(word))
    chance = dice.random()
    if chance < 0.7:
        other = dice.choice(PARTNERS.get(word[at].lower(), "") or "аеионтслвр")
        return word[:at] + other + word[at + 1 :]
    if chance < 0.85 and len(word) > 2:
        return word[:at] + word[at + 1 :]
    return word[:at] + dice.choice("аеионтслвр") + word[at:]


Sureness = list[tuple[float, tuple[float, ...]]]


def sureness(folder: Path) -> Sureness:
    """Of real words the certainty and those of their rivals, case and marks aside."""
    pages = [search_page(path.read_bytes()) for path in sorted(folder.glob("*.xml"))]
    return [
        (spot.likely, tuple(p for _, p in spot.others))
        for page in pages
        for line in page.lines
        for spot in line.spots
        if len(spot.text) > 2
    ]


def text_words(paths: list[Path]) -> list[str]:
    texts = [lzma.decompress(path.read_bytes()).decode() for path in paths]
    return re.findall(r"\S+", "\n".join(texts))


class Drawn(NamedTuple):
    """A word as it is read, with what else it may be, and where it stands."""

    text: str
    likely: float
    others: tuple[tuple[str, float], ...]
    sides: tuple[int, int, int, int]


def drawn(some: list[str], like: Sureness, dice: random.Random) -> list[list[Drawn]]:
    """The words of a page."""
    lines = []
    for n in range(0, len(some), OF_LINE):
        top, left, line = 100 + 100 * (n // OF_LINE) + dice.randrange(20), 100 + dice.randrange(40), []
        for word in some[n : n + OF_LINE]:
            sure, rivals = dice.choice(like) if len(word) > 2 else (0.98, ())
            sure = min(sure + dice.uniform(-0.005, 0.005), 1.0)  # theirs are in hundredths
            read = word if dice.random() < sure else misread(word, dice)
            others = {word} - {read}
            while len(others) < len(rivals):
                others.add(misread(dice.choice((word, read)), dice))
                others.discard(read)
            # the right one is likely to be told early
            listed = sorted(sorted(others), key=lambda other: dice.random() - 0.5 * (other == word))
            wide, upper = 36 * len(word) + dice.randrange(20), top + dice.randrange(12)
            told = tuple(zip(listed, rivals, strict=False))
            line.append(Drawn(read, sure, told, (left, upper, left + wide, upper + 60)))
            left += wide + 20
        lines.append(line)
    return lines


def header(folder: Path) -> str:
    """That of a real record."""
    return min(folder.glob("*.xml")).read_text("utf-8").partition("<facsimile>")[0]


def page(head: str, lines: list[list[Drawn]], dice: random.Random) -> str:
    """The TEI of a page, as our writer spells it."""
    surface = '<facsimile><surface xml:id="s1" ulx="0" uly="0" lrx="2400" lry="3300"><zone xml:id="s1_r1" '
    zones = [f'{head}{surface}points="90,90 2310,90 2310,3300 90,3300">\n']
    body = ['<text><body><div><pb facs="#s1"/><ab type="text" facs="#s1_r1">']
    for n, line in enumerate(lines, 1):
        ident, top = f"s1_r1_l{n}", 100 * n
        zones.append(f'<zone xml:id="{ident}" points="100,{top} 2300,{top} 2300,{top + 80} 100,{top + 80}">')
        body.append(f'<lb n="{n}" facs="#{ident}" cert="0.9" resp="#cursive"/>')
        for k, word in enumerate(line, 1):
            left, upper, right, lower = word.sides
            place = f'ulx="{left}" uly="{upper}" lrx="{right}" lry="{lower}"'
            zones.append(f'<zone xml:id="{ident}_w{k}" type="word" {place}/>\n')
            body.append(element(word, f"{ident}_w{k}", dice) + " ")
        zones.append("</zone>")
    return "".join((*zones, "</zone></surface></facsimile>\n", *body, "</ab></div></body></text></TEI>\n"))


def element(word: Drawn, ident: str, dice: random.Random) -> str:
    begin, read = f'<w facs="#{ident}" cert="{word.likely:.4f}">', word.text
    if not word.others:
        return f"{begin}{escape(read)}</w>"
    told = "".join(f'<unclear cert="{p:.4f}">{escape(other)}</unclear>' for other, p in word.others)
    own = f'<unclear reason="ocr_rival">{escape(read)}</unclear>'
    if word.likely < 0.6:  # some letter of it is marked, too
        at = dice.randrange(len(read))
        cert = f'cert="{dice.uniform(0.3, 0.6):.4f}"'
        letter = f'<unclear reason="ocr_letter" {cert}>{escape(read[at])}</unclear>'
        whole = f"{escape(read[:at])}{letter}{escape(read[at + 1 :])}"
        own = f'<unclear reason="ocr_low_confidence">{whole}</unclear>'
    return f"{begin}<choice>{own}{told}</choice></w>"


def feed(folder: Path, pages: Iterator[tuple[str, list[list[Drawn]]]]) -> None:
    """Puts pages into the index that are not on the disk: for queries only."""
    connection, _ = index._connect(folder / INDEX)
    stamp = Stamp(0, 0)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    for count, (place, lines) in enumerate(pages, 1):
        searched = tuple(
            SearchLine(f"s1_r1_l{n}", tuple(spot(*word[:3]) for word in line))
            for n, line in enumerate(lines, 1)
        )
        content = packed_words(searched), rows_of(searched)
        index._put(connection, index._PackedPage(place, stamp, b"", place, *content, None))
        if count % 500 == 0:
            connection.execute("COMMIT")
            connection.execute("BEGIN")
    connection.execute("COMMIT")
    index._put_in_order(connection)
    connection.close()


def cpu_s() -> float:
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def queries(all_words: list[str], dice: random.Random) -> dict[str, list[tuple[str, int]]]:
    """By kind: queries, each with the letters that may be otherwise."""
    usual = ["и", "не", "что", "был", "сказал", "человек", "рука", "город", "время", "дом"]
    plain = [re.sub(r"\W", "", word).lower() for word in all_words]
    rare = [word for word in dice.sample(plain, 400) if len(word) > 5][:60]
    begins = [dice.randrange(len(plain) - 9) for _ in range(60)]
    of_usual = [
        " ".join(dice.sample(["они", "было", "его", "так", "все", "мне", *usual], 3)) for _ in range(20)
    ]
    return {
        "usual word": [(word, 0) for word in usual],
        "word": [(word, 0) for word in rare],
        "word, 1 edit": [(word, 1) for word in rare],
        "word, 2 edits": [(word, 2) for word in rare],
        "beginning": [(f"{word[:n]}*", 0) for word in rare[:20] for n in (2, 3, 4)],
        "phrase": [('"' + " ".join(plain[n : n + 3]) + '"', 0) for n in begins],
        "phrase, 1 edit": [('"' + " ".join(plain[n : n + 3]) + '"', 1) for n in begins],
        "phrase of usual words": [(f'"{a} {b}"', 0) for a, b in (("и", "не"), ("что", "он"), ("не", "был"))],
        "three usual words, 1 edit": [(f'"{words}"', 1) for words in of_usual],
        "near": [(f"{plain[n]} NEAR {plain[n + 3]}", 0) for n in begins if plain[n] and plain[n + 3]],
    }


def asked_all(folder: Path, everything: list[str], count: int) -> dict[str, dict[str, float]]:
    """Asks all queries `count` times each; shows how long answers take, and gives that."""
    print(f"{'query':28}{'median ms':>12}{'worst ms':>12}{'hits':>8}")
    answers: dict[str, dict[str, float]] = {}
    gc.collect()
    gc.freeze()  # millions of words of ours, which no user of the search holds
    with opened(folder) as connection:
        for kind, asked in queries(everything, random.Random(7)).items():
            times, hits = [], []
            for text, edits in asked:
                query, rounds = parse_query(text, edits=edits), []
                for _ in range(count):
                    begin = time.process_time()
                    found = answer(connection, query)
                    rounds.append(time.process_time() - begin)
                times.append(statistics.median(rounds) * 1e3)
                hits.append(len(found))
            answers[kind] = {"median_ms": statistics.median(times), "worst_ms": max(times)}
            print(f"{kind:28}{statistics.median(times):12.1f}{max(times):12.1f}{statistics.mean(hits):8.1f}")
    return answers


def waits(folder: Path, everything: list[str]) -> dict[str, float]:
    """How long searches take by the clock, each opening the index, while all of it is renewed; shows it."""
    words = [word for (word, _) in queries(everything, random.Random(7))["word"]]

    def asked(word: str) -> float:
        begin = time.perf_counter()
        with opened(folder) as connection:
            answer(connection, parse_query(word))
        return (time.perf_counter() - begin) * 1e3

    for path in folder.rglob("*.xml"):
        path.write_bytes(path.read_bytes() + b"\n")
    quiet = [asked(word) for word in words]
    other = multiprocessing.get_context("spawn").Process(target=renew, args=(folder,))
    other.start()
    meanwhile: list[float] = []
    begin = time.perf_counter()
    while other.is_alive():
        meanwhile.append(asked(words[len(meanwhile) % len(words)]))
    figures = {
        "quiet_median_ms": statistics.median(quiet),
        "quiet_worst_ms": max(quiet),
        "renewal_s": time.perf_counter() - begin,
        "searches": len(meanwhile),
        "median_ms": statistics.median(meanwhile),
        "worst_ms": max(meanwhile),
        "over_a_second": sum(each > 1e3 for each in meanwhile),
    }
    print("\nsearches while the index is renewed, by the clock")
    for name, value in figures.items():
        print(f"{name:28}{value:12.1f}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--fed", type=int, default=0, help="So many pages more, put in below the TEI.")
    parser.add_argument("--like", type=Path, required=True)
    parser.add_argument("--renewed", action="store_true", help="Search while all of it is renewed, too.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="Where the pages lie, kept; else a temporary folder.")
    options = parser.parse_args()
    dice = random.Random(7)
    everything, like, head = text_words(options.texts), sureness(options.like), header(options.like)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="search-"))
    written = 0

    def of_page(n: int) -> tuple[Path, list[list[Drawn]]]:
        nonlocal written
        start = n * WORDS % (len(everything) - WORDS)
        some = everything[start : start + WORDS]
        written += len(" ".join(some).encode())
        return folder / f"book{n // 500:03}" / f"page{n:05}.xml", drawn(some, like, random.Random(n))

    for n in range(options.pages):
        place, lines = of_page(n)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(page(head, lines, dice), "utf-8")
    (folder / INDEX).unlink(missing_ok=True)
    clock, cpu = time.perf_counter(), cpu_s()
    renewal = renew(folder, jobs=processors())
    clock, cpu = time.perf_counter() - clock, cpu_s() - cpu
    figures: dict[str, object] = {
        "pages_of_tei": renewal.pages,
        "cpu_ms_a_page": cpu / renewal.pages * 1e3,
        "pages_a_cpu_second": renewal.pages / cpu,
        "pages_a_second_by_clock": renewal.pages / clock,
        "processors": processors(),
    }
    for name, value in figures.items():
        print(f"{name:28}{value if isinstance(value, int) else format(value, '.2f'):>12}")
    collections = []
    before = 0
    # smaller collections first: how size and answers grow
    for fed in sorted({options.fed // 4, options.fed // 2, options.fed}):
        if fed:
            numbers = range(options.pages + before, options.pages + fed)
            feed(folder, ((p.relative_to(folder).as_posix(), lines) for p, lines in map(of_page, numbers)))
        before, size, pages = fed, (folder / INDEX).stat().st_size, renewal.pages + fed
        share = f"{size / 1e6:.1f} MB = {size / written:.2f} x"
        print(f"\n{pages} pages: text {written / 1e6:.1f} MB, index {share}")
        sizes = {"pages": pages, "words": pages * WORDS, "text_mb": written / 1e6, "index_mb": size / 1e6}
        collections.append({**sizes, "answers": asked_all(folder, everything, options.rounds)})
    if options.renewed:
        figures["waits"] = waits(folder, everything)
    print(json.dumps({**figures, "collections": collections}, ensure_ascii=False))
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
