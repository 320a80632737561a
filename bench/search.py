"""A collection searched: how large its index is, how quickly it is built, how soon it answers.

    python bench/search.py --pages 5000 --like OUT TEXT.xz...

Draws pages of 240 words from the texts (words of three letters and more misread, and rivals told, as often
and as surely as in the records below OUT), writes them as TEI, indexes them with `ocr.search.index.renew`
and asks queries of every kind, each --rounds times. A table first, one JSON object last. Times of answers are
CPU time of this process, with the index open; the rate of building is CPU time of all processes, parsing of
the TEI included, and the clock beside it.
"""

import argparse
import json
import lzma
import random
import re
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from xml.sax.saxutils import escape

from ocr.search.answer import answer
from ocr.search.index import INDEX, opened, renew
from ocr.search.query import parse_query
from ocr.search.record import search_page
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


def sureness(folder: Path) -> list[tuple[float, tuple[float, ...]]]:
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


def element(word: str, ident: str, like: list[tuple[float, tuple[float, ...]]], dice: random.Random) -> str:
    sure, rivals = dice.choice(like) if len(word) > 2 else (0.98, ())
    read = word if dice.random() < sure else misread(word, dice)
    opened_w = f'<w facs="#{ident}" cert="{sure:.4f}">'
    if not rivals:
        return f"{opened_w}{escape(read)}</w>"
    others = {word} - {read}
    while len(others) < len(rivals):
        others.add(misread(dice.choice((word, read)), dice))
        others.discard(read)
    # the right one is likely to be told early
    listed = sorted(others, key=lambda other: dice.random() - 0.5 * (other == word))
    told = "".join(
        f'<unclear cert="{p:.4f}">{escape(o)}</unclear>' for p, o in zip(rivals, listed, strict=False)
    )
    own = f'<unclear reason="ocr_rival">{escape(read)}</unclear>'
    if sure < 0.6:  # some letter of it is marked, too
        at = dice.randrange(len(read))
        marked = (
            f'<unclear reason="ocr_letter" cert="{dice.uniform(0.3, 0.6):.4f}">{escape(read[at])}</unclear>'
        )
        whole = f"{escape(read[:at])}{marked}{escape(read[at + 1 :])}"
        own = f'<unclear reason="ocr_low_confidence">{whole}</unclear>'
    return f"{opened_w}<choice>{own}{told}</choice></w>"


def header(folder: Path) -> str:
    """That of a real record."""
    return min(folder.glob("*.xml")).read_text("utf-8").partition("<facsimile>")[0]


def page(head: str, some: list[str], like: list[tuple[float, tuple[float, ...]]], dice: random.Random) -> str:
    surface = '<facsimile><surface xml:id="s1" ulx="0" uly="0" lrx="2400" lry="3300"><zone xml:id="s1_r1" '
    zones = [f'{head}{surface}points="90,90 2310,90 2310,3300 90,3300">\n']
    body = ['<text><body><div><pb facs="#s1"/><ab type="text" facs="#s1_r1">']
    for n in range(0, len(some), OF_LINE):
        line, top = f"s1_r1_l{n // OF_LINE + 1}", 100 + 100 * (n // OF_LINE) + dice.randrange(20)
        zones.append(f'<zone xml:id="{line}" points="100,{top} 2300,{top} 2300,{top + 80} 100,{top + 80}">')
        body.append(f'<lb n="{n // OF_LINE + 1}" facs="#{line}" cert="0.9" resp="#cursive"/>')
        left = 100 + dice.randrange(40)
        for k, word in enumerate(some[n : n + OF_LINE], 1):
            wide, ident = 36 * len(word) + dice.randrange(20), f"{line}_w{k}"
            y = top + dice.randrange(12)
            zones.append(
                f'<zone xml:id="{ident}" ulx="{left}" uly="{y}" lrx="{left + wide}" lry="{y + 60}"/>\n'
            )
            body.append(element(word, ident, like, dice) + " ")
            left += wide + 20
        zones.append("</zone>")
    return "".join((*zones, "</zone></surface></facsimile>\n", *body, "</ab></div></body></text></TEI>\n"))


def cpu_s() -> float:
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def queries(all_words: list[str], dice: random.Random) -> dict[str, list[tuple[str, int]]]:
    """By kind: queries, each with the letters that may be otherwise."""
    usual = ["и", "не", "что", "был", "сказал", "человек", "рука", "город", "время", "дом"]
    plain = [re.sub(r"\W", "", word).lower() for word in all_words]
    rare = [word for word in dice.sample(plain, 400) if len(word) > 5][:60]
    begins = [dice.randrange(len(plain) - 9) for _ in range(60)]
    return {
        "usual word": [(word, 0) for word in usual],
        "word": [(word, 0) for word in rare],
        "word, 1 edit": [(word, 1) for word in rare],
        "word, 2 edits": [(word, 2) for word in rare],
        "beginning": [(f"{word[:n]}*", 0) for word in rare[:20] for n in (2, 3, 4)],
        "phrase": [('"' + " ".join(plain[n : n + 3]) + '"', 0) for n in begins],
        "phrase, 1 edit": [('"' + " ".join(plain[n : n + 3]) + '"', 1) for n in begins],
        "phrase of usual words": [(f'"{a} {b}"', 0) for a, b in (("и", "не"), ("что", "он"), ("не", "был"))],
        "near": [(f"{plain[n]} NEAR {plain[n + 3]}", 0) for n in begins if plain[n] and plain[n + 3]],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--like", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="Where the pages lie, kept; else a temporary folder.")
    options = parser.parse_args()
    dice = random.Random(7)
    everything, like, head = text_words(options.texts), sureness(options.like), header(options.like)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="search-"))
    written = 0
    for n in range(options.pages):
        place = folder / f"book{n // 500:03}" / f"page{n:05}.xml"
        start = n * WORDS % (len(everything) - WORDS)
        some = everything[start : start + WORDS]
        written += len(" ".join(some).encode())
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(page(head, some, like, random.Random(n)), "utf-8")
    (folder / INDEX).unlink(missing_ok=True)
    clock, cpu = time.perf_counter(), cpu_s()
    renewal = renew(folder, jobs=processors())
    clock, cpu = time.perf_counter() - clock, cpu_s() - cpu
    size = (folder / INDEX).stat().st_size
    figures: dict[str, object] = {
        "pages": renewal.pages,
        "words": renewal.pages * WORDS,
        "text_mb": written / 1e6,
        "index_mb": size / 1e6,
        "index_to_text": size / written,
        "cpu_ms_a_page": cpu / renewal.pages * 1e3,
        "pages_a_cpu_second": renewal.pages / cpu,
        "pages_a_second_by_clock": renewal.pages / clock,
        "processors": processors(),
    }
    for name, value in figures.items():
        print(f"{name:28}{value if isinstance(value, int) else format(value, '.2f'):>12}")
    print(f"\n{'query':28}{'median ms':>12}{'worst ms':>12}{'hits':>8}")
    answers: dict[str, dict[str, float]] = {}
    with opened(folder) as connection:
        for kind, asked in queries(everything, dice).items():
            times, hits = [], []
            for text, edits in asked:
                query, rounds = parse_query(text, edits=edits), []
                for _ in range(options.rounds):
                    begin = time.process_time()
                    found = answer(connection, query)
                    rounds.append(time.process_time() - begin)
                times.append(statistics.median(rounds) * 1e3)
                hits.append(len(found))
            answers[kind] = {"median_ms": statistics.median(times), "worst_ms": max(times)}
            print(f"{kind:28}{statistics.median(times):12.1f}{max(times):12.1f}{statistics.mean(hits):8.1f}")
    print(json.dumps({**figures, "answers": answers}, ensure_ascii=False))
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
