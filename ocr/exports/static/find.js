// Where what is asked stands, by the parts of the index that it needs. The language of queries and the probability of a
// hit are those of ocr.search (query.py, answer.py), which says why they are so.
"use strict";

SITE.finder = (() => {
  const { key, load } = SITE;
  /** White space as Python has it. */
  const BLANKS = /(?:[^\S\uFEFF]|[\x1c-\x1f\x85])+/u;
  const PIECES = /"([^"]*)"?|((?:[^\s\x1c-\x1f\x85]|\uFEFF)+)/gu;
  const NEAR = /^(?:NEAR|РЯДОМ)(?:\/([0-9]{1,4}))?$/u;
  const LEAST = 1e-4;
  const parts = new Map();
  const forms = new Map();
  let contents = null;
  let endings = null;
  let longest = 0;
  SITE.part = (number, value) => parts.set(number, value);
  SITE.forms = (length, value) => forms.set(length, value.split(" "));
  SITE.contents = (value) => {
    contents = value;
    endings = new Set(value.endings);
    longest = Math.max(...value.endings.map((ending) => ending.length));
  };

  function stemOf(word) {
    for (let length = Math.min(longest, word.length - contents.leastStem); length > 0; length -= 1) {
      if (endings.has(word.slice(-length))) return word.slice(0, -length);
    }
    return word;
  }

  const allowed = (word, most) => Math.min(most, Math.floor(word.length / 3));

  function termOf(word, edits) {
    const folded = key(word);
    if (!folded) return null;
    const isPrefix = word.endsWith("*");
    const isForm = !isPrefix && !word.startsWith("=");
    const hasEndings = isForm && folded.length >= contents.leastStem;
    return { key: folded, isPrefix, hasEndings, edits: isForm ? allowed(folded, edits) : 0, stem: hasEndings ? stemOf(folded) : folded };
  }

  /** Clauses of words that follow each other; `near`: so many words at most between one and the one before it. */
  function parse(text, edits) {
    const clauses = [];
    let near = null;
    for (const [, phrase, word] of text.matchAll(PIECES)) {
      const asked = word !== undefined && clauses.length ? NEAR.exec(word) : null;
      if (asked) {
        near = Math.min(Number(asked[1] ?? contents.nearWords), contents.mostBetween);
        continue;
      }
      const terms = (word === undefined ? phrase.split(BLANKS) : [word]).map((each) => termOf(each, edits)).filter(Boolean);
      if (!terms.length) continue;
      clauses.push({ terms, near });
      near = null;
    }
    if (clauses.reduce((sum, clause) => sum + clause.terms.length, 0) > contents.mostTerms) throw new RangeError(String(contents.mostTerms));
    return clauses;
  }

  function holds(term, word) {
    if (term.isPrefix) return word.startsWith(term.key);
    return word === term.key || (term.hasEndings && word.startsWith(term.stem) && (word.length === term.stem.length || endings.has(word.slice(term.stem.length))));
  }

  /** Letters misread, left out, added or exchanged with the next between two words (optimal string alignment); more than
   *  `most` is told as more. */
  function distance(one, other, most) {
    let [before, row] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
    for (let i = 1; i <= one.length; i += 1) {
      const next = [i];
      for (let j = 1; j <= other.length; j += 1) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      [before, row] = [row, next];
      if (Math.min(...row) > most) return most + 1;
    }
    return row[other.length];
  }

  /** Keys that may be a slip of a word, each with how many of its letters are otherwise. */
  async function slips(word, most, found) {
    const [shortest, longestForm] = contents.lengths;
    if (most < 1 || word.length < shortest || word.length > longestForm || [...word].some((letter) => !contents.letters.includes(letter))) return;
    const lengths = contents.forms.filter((length) => Math.abs(length - word.length) <= most);
    await Promise.all(lengths.map((length) => load(`search/forms-${length}.js`)));
    const near = [];
    for (const length of lengths) {
      for (const form of forms.get(length)) {
        const edits = distance(word, form, most);
        if (edits && edits <= most) near.push([edits, form]);
      }
    }
    near.sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1));
    for (const [edits, form] of near.slice(0, contents.mostNear)) found.set(form, Math.min(edits, found.get(form) ?? edits));
  }

  /** The numbers of the parts that may hold keys from one to another. */
  function partsOf(from, to) {
    const { firsts } = contents;
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle] < from) low = middle + 1;
      else high = middle;
    }
    const numbers = [];
    for (let at = Math.max(low - 1, 0); at < firsts.length && firsts[at] <= to; at += 1) numbers.push(at);
    return numbers;
  }

  /** The numbers of the parts that a term needs: of what it is first, then of its slips, the nearest first. */
  function partsFor(term, near) {
    const words = term.hasEndings ? [term.key, term.stem, ...contents.endings.map((ending) => term.stem + ending)] : [term.key];
    const own = term.isPrefix ? partsOf(term.key, `${term.key}\uffff`) : words.flatMap((word) => partsOf(word, word));
    const slipped = [...near].sort(([, a], [, b]) => a - b).flatMap(([word]) => partsOf(word, word));
    return [...new Set([...own.sort((a, b) => a - b), ...slipped])];
  }

  /** A term with its slips, and the parts that it needs. */
  async function lookUp(term) {
    const near = new Map();
    for (const word of new Set([term.key, term.stem])) await slips(word, allowed(word, term.edits), near);
    return { term, near, needed: partsFor(term, near) };
  }

  /** May a part tell something of these pages? One between two that begin alike has a single word, on pages in a row. */
  function tellsOf(at, pages) {
    const { firsts, firstPages } = contents;
    if (!pages || firsts[at] !== firsts[at + 1]) return true;
    return [...pages].some((page) => page >= firstPages[at] && page < firstPages[at + 1]);
  }

  /** Of each page, line and word where a term may stand what is known of that; `isLikely` of a line that has it not by a
   *  slip of what is surely read alone. Of more than `most` parts that it needs for pages (null: for all), the first are
   *  looked at: `parts`, `looked`. */
  async function placesOf({ term, near, needed }, withRivals, most, ofPages) {
    const asked = needed.filter((at) => tellsOf(at, ofPages));
    const wanted = asked.slice(0, most);
    await Promise.all(wanted.map((at) => load(`search/${at}.js`)));
    const pages = new Map();
    const take = (word, places, edits) => {
      for (const group of places.split(";")) {
        const [page, list] = group.split(":");
        if (!pages.has(Number(page))) pages.set(Number(page), new Map());
        const lines = pages.get(Number(page));
        for (const text of list.split(",")) {
          const [, line, item, after, kind, hundredths] = /^(\d+)\.(\d+)-(\d+)(?:([_~^])(\d+))?$/u.exec(text);
          if (kind === "~" && !withRivals) continue;
          if (!lines.has(Number(line))) lines.set(Number(line), new Map());
          const items = lines.get(Number(line));
          if (!items.has(Number(item))) items.set(Number(item), { after: Number(after), right: 0, part: 0, rest: 0, isRead: false });
          const place = items.get(Number(item));
          const likely = kind ? Number(hundredths) / 100 : 1;
          items.isLikely ||= !edits || (likely < contents.sure && (kind === "_" || likely >= contents.doubtful));
          if (edits) place.rest = Math.max(place.rest, likely * Math.exp(-contents.nearness * edits));
          else if (kind === "^") place.part = Math.max(place.part, likely);
          else place.right += likely;
          place.isRead ||= kind !== "~";
        }
      }
    };
    for (const at of wanted) {
      for (const [word, places] of Object.entries(parts.get(at))) {
        if (holds(term, word)) take(word, places, 0);
        else if (near.has(word)) take(word, places, near.get(word));
      }
    }
    return { term, pages, parts: asked.length, looked: wanted.length };
  }

  function likelihood({ right, part, rest }) {
    const whole = Math.min(Math.max(right, part), 1);
    return whole + (1 - whole) * rest;
  }

  /** Of a clause where it stands among the words of a line and the next, told for each term: Map(place, {likely, isRead}). */
  function matchesOf(clause, standing) {
    const found = [];
    for (const [start, first] of standing.get(clause.terms[0])) {
      let { likely } = first;
      const words = [[start, first.isRead]];
      for (let n = 1; n < clause.terms.length && likely >= LEAST; n += 1) {
        const place = standing.get(clause.terms[n]).get(start + n);
        likely *= place ? place.likely : 0;
        words.push([start + n, place?.isRead]);
      }
      if (likely >= LEAST) found.push({ start, end: start + clause.terms.length, likely, words });
    }
    return found.sort((a, b) => a.start - b.start);
  }

  /** The likeliest place of a clause beside another's. */
  function bestOf(clause, standing, other, size) {
    const between = (match) => Math.max(match.start - other.end, other.start - match.end);
    const isOnLine = (match) => match.start < size === other.start < size;
    const fits = (match) => between(match) >= 0 && (clause.near === null ? isOnLine(match) : between(match) <= clause.near);
    const [best] = matchesOf(clause, standing).filter(fits).sort((a, b) => b.likely - a.likely || between(a) - between(b));
    return best ?? null;
  }

  /** Hits on a line of a page, some of them running on into the next. */
  function hitsOn(clauses, ofTerms, line, runsOn) {
    const here = [...ofTerms.values()].map((lines) => lines.get(line)).find((items) => items?.size);
    const [[item, { after }]] = here;
    const size = item + after + 1;
    const standing = new Map();
    for (const [term, lines] of ofTerms) {
      const places = new Map();
      for (const [at, place] of lines.get(line) ?? []) places.set(at, { likely: likelihood(place), isRead: place.isRead });
      for (const [at, place] of (runsOn && lines.get(line + 1)) || []) places.set(size + at, { likely: likelihood(place), isRead: place.isRead });
      standing.set(term, places);
    }
    const hits = new Map();
    const [first, ...others] = clauses;
    for (const match of matchesOf(first, standing)) {
      const matched = [match];
      for (const clause of others) {
        const best = bestOf(clause, standing, matched.at(-1), size);
        if (!best) break;
        matched.push(best);
      }
      if (matched.length < clauses.length) continue;
      const likely = matched.reduce((product, each) => product * each.likely, 1);
      const words = new Map(matched.flatMap((each) => each.words));
      const order = [...words.keys()].sort((a, b) => a - b);
      if (likely < LEAST || order[0] >= size) continue;
      const name = `${order[0]} ${order.at(-1)}`;
      if (likely > (hits.get(name)?.likely ?? 0)) {
        hits.set(name, { line, likely, first: order[0], words: order.map((at) => ({ below: at < size ? 0 : 1, item: at < size ? at : at - size, isRead: words.get(at) })) });
      }
    }
    return [...hits.values()];
  }

  /** All hits, the likeliest first: {page, line, likely, words: [{below, item, isRead}]}; lines and words from 0, of lines
   *  those that have words. `partly`: the words of which not all was looked at, {word, looked, parts}; none with `isWhole`.
   *  RangeError when too many words are asked. */
  async function find(text, { edits = 1, withRivals = true, isWhole = false } = {}) {
    await load("search/parts.js");
    const clauses = parse(text, edits);
    if (!clauses.length) return { hits: [], partly: [] };
    const terms = clauses.flatMap((clause) => clause.terms);
    const lookedUp = await Promise.all(terms.map(lookUp));
    const found = [];
    let common = null;
    for (const each of [...lookedUp].sort((a, b) => a.needed.length - b.needed.length)) {
      const places = await placesOf(each, withRivals, isWhole ? Infinity : contents.mostParts, common);
      found.push(places);
      const before = common;
      common = new Set([...places.pages.keys()].filter((page) => !before || before.has(page)));
    }
    const places = terms.map((of) => found.find(({ term }) => term === of).pages);
    const isWord = terms.length === 1;
    const hits = [];
    for (const page of common) {
      const ofTerms = new Map(terms.map((term, n) => [term, places[n].get(page)]));
      const lines = new Set([...ofTerms.values()].flatMap((of) => [...of].filter(([, items]) => !isWord || items.isLikely).map(([line]) => line)));
      for (const line of lines) hits.push(...hitsOn(clauses, ofTerms, line, !isWord).map((hit) => ({ page, ...hit })));
    }
    hits.sort((a, b) => b.likely - a.likely || a.page - b.page || a.line - b.line || a.first - b.first);
    const partly = found.filter(({ parts, looked }) => looked < parts);
    return { hits, partly: partly.map(({ term, parts, looked }) => ({ word: term.key + (term.isPrefix ? "*" : ""), looked, parts })) };
  }

  return { find, block: () => contents.block, partBytes: () => contents.partBytes };
})();
