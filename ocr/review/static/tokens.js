// A line as a row of tokens, and as plain text to type in. Pure functions: nothing here knows the page.

import { retold } from "./letters.js";

export const GAP = "▯";

const SPREADS = new Set(["del", "add", "unclear", "supplied", "foreign", "hi", "superscript"]);
const GAP_WORD = /^(▯+)(…?)$/u;

/** A token as it is typed: a gap is a row of boxes, with … when nobody can tell how long it is. */
export function shown(token) {
  if (!token.gap) return token.text;
  return token.gap.extent === null ? `${GAP}…` : GAP.repeat(Math.max(1, Math.min(token.gap.extent, 60)));
}

export function lineText(tokens) {
  return tokens.map(shown).join(" ");
}

/** Where the words of a text stand: [start, end) of each. */
export function spans(text) {
  return Array.from(text.matchAll(/\S+/gu), (match) => [match.index, match.index + match[0].length]);
}

/** The words of a text; a row of boxes inside a word stands by itself. */
export function wordsOf(text) {
  return text.split(/\s+/u).filter((word) => word !== "");
}

/** Boxes that touch letters get spaces around them. */
export function apart(text) {
  return text
    .replace(/([^\s▯])(?=▯)/gu, "$1 ")
    .replace(/(▯…?)(?=[^\s▯…])/gu, "$1 ");
}

function fresh(word, like) {
  const match = GAP_WORD.exec(word);
  const gap = match ? { reason: "illegible", extent: match[2] ? null : match[1].length } : null;
  const marks = like ? like.marks.filter((mark) => SPREADS.has(mark)) : [];
  return { id: null, text: gap ? "" : word, marks, parts: [], expan: null, gap, cert: null, box: null, rivals: [], machine: null, by: null };
}

function retyped(token, word) {
  if (shown(token) === word) return token;
  const { text, gap } = fresh(word, null);
  const kept = gap && token.gap ? { ...gap, reason: token.gap.reason } : gap;
  return { ...token, text, gap: kept, parts: gap ? [] : retold(token, text) };
}

/** Tokens for what is typed now: words keep their places and marks where they can be followed. */
export function follow(tokens, text) {
  const words = wordsOf(text);
  const old = tokens.map(shown);
  let head = 0;
  while (head < old.length && head < words.length && old[head] === words[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head && tail < words.length - head &&
    old[old.length - 1 - tail] === words[words.length - 1 - tail]
  ) tail += 1;
  const was = tokens.slice(head, tokens.length - tail);
  const now = words.slice(head, words.length - tail);
  return [...tokens.slice(0, head), ...between(was, now), ...tokens.slice(tokens.length - tail)];
}

function between(was, now) {
  if (was.length === now.length) return now.map((word, at) => retyped(was[at], word));
  if (was.length === 1) {
    // a word cut in two: the longer part keeps the place
    const main = now.reduce((best, word, at) => (word.length > now[best].length ? at : best), 0);
    return now.map((word, at) => (at === main ? retyped(was[0], word) : fresh(word, was[0])));
  }
  const pairs = align(was.map(shown), now);
  const out = [];
  for (const [from, to] of pairs) {
    if (to === null) continue;
    out.push(from === null ? fresh(now[to], null) : retyped(was[from], now[to]));
  }
  return out;
}

/** Tokens said anew: texts and marks of `wanted`, places and ids of `saved`. */
export function placed(saved, wanted) {
  const out = [];
  for (const [from, to] of align(saved.map(shown), wanted.map(shown))) {
    if (to === null) continue;
    const { text, marks, parts = [], expan, gap } = wanted[to];
    const old = from === null ? fresh("", null) : saved[from];
    out.push({ ...old, text, marks, parts, expan, gap });
  }
  return out;
}

/** Pairs [place in a or null, place in b or null] in order; words that look alike are paired. */
export function align(a, b) {
  const cost = Array.from({ length: a.length + 1 }, () => new Float64Array(b.length + 1));
  const GONE = 0.7;
  for (let i = a.length; i >= 0; i -= 1) {
    for (let j = b.length; j >= 0; j -= 1) {
      if (i === a.length && j === b.length) continue;
      let best = Infinity;
      if (i < a.length) best = Math.min(best, GONE + cost[i + 1][j]);
      if (j < b.length) best = Math.min(best, GONE + cost[i][j + 1]);
      if (i < a.length && j < b.length) best = Math.min(best, unlike(a[i], b[j]) + cost[i + 1][j + 1]);
      cost[i][j] = best;
    }
  }
  const pairs = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const here = cost[i][j];
    if (i < a.length && j < b.length && here === unlike(a[i], b[j]) + cost[i + 1][j + 1]) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (i < a.length && here === GONE + cost[i + 1][j]) {
      pairs.push([i, null]);
      i += 1;
    } else {
      pairs.push([null, j]);
      j += 1;
    }
  }
  return pairs;
}

/** 0 for the same word, 1 for words that share nothing. */
export function unlike(a, b) {
  if (a === b) return 0;
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 0 : distance(a, b) / longest;
}

function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}

/** Words of two texts side by side: [{was, now}], null where one has none. */
export function differences(was, now) {
  const a = wordsOf(was);
  const b = wordsOf(now);
  return align(a, b).map(([i, j]) => ({ was: i === null ? null : a[i], now: j === null ? null : b[j] }));
}

/** What two lines must share to say the same. */
export function wordingOf(tokens) {
  return JSON.stringify(tokens.map(({ text, marks, expan, gap, parts }) => [text, [...marks].sort(), expan ?? null, gap ?? null, parts ?? []]));
}

/** Tokens as the server takes them. */
export function forServer(tokens) {
  return tokens.map(({ id, text, marks, parts = [], expan, gap }) => ({ id, text, marks, parts, expan: expan || null, gap }));
}
