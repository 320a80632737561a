// Marks on letters of a word. A token tells them as parts, [{text, marks}], which together are its text.

import { scheme } from "./scheme.js";

const CORE = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}\p{M}]*)$/su;

/** For each letter of a word its marks, those of the whole left out. */
function each(token) {
  const parts = token.parts ?? [];
  if (!parts.length) return Array.from({ length: token.text.length }, () => []);
  return parts.flatMap((part) => Array.from({ length: part.text.length }, () => part.marks));
}

/** From where to where the word stands in its token, punctuation left out. */
function core(text) {
  const [, before, word] = CORE.exec(text);
  return word ? [before.length, before.length + word.length] : [0, text.length];
}

/** The token with these marks on its letters: what all letters have is a mark of the word. */
function withLetters(token, letters) {
  const [first, last] = core(token.text);
  const inside = letters.slice(first, last);
  const shared = scheme.partial.filter((mark) => inside.length && inside.every((own) => own.includes(mark)));
  const parts = [];
  letters.forEach((own, at) => {
    const marks = at >= first && at < last ? scheme.partial.filter((mark) => own.includes(mark) && !shared.includes(mark)) : [];
    const before = parts.at(-1);
    if (before && before.marks.join() === marks.join()) before.text += token.text[at];
    else parts.push({ text: token.text[at], marks });
  });
  return { ...token, marks: [...token.marks.filter((mark) => !shared.includes(mark)), ...shared], parts: parts.some((part) => part.marks.length) ? parts : [] };
}

/** Do all these letters have the mark? */
export function haveMark(token, mark, from = 0, to = token.text.length) {
  const letters = each(token).slice(from, to);
  return token.marks.includes(mark) || (letters.length > 0 && letters.every((own) => own.includes(mark)));
}

/** The token with a mark put on letters, or taken off them. */
export function markLetters(token, mark, on, from = 0, to = token.text.length) {
  const whole = token.marks.includes(mark);
  const letters = each(token).map((own, at) => {
    const rest = own.filter((other) => other !== mark);
    return (at >= from && at < to ? on : whole || own.includes(mark)) ? [...rest, mark] : rest;
  });
  return withLetters({ ...token, marks: token.marks.filter((other) => other !== mark) }, letters);
}

/** The parts of a token that says another text now: new letters are marked as those around them. */
export function retold(token, text) {
  const old = token.text;
  if (!token.parts?.length || text === old) return token.parts ?? [];
  const most = Math.min(old.length, text.length);
  let head = 0;
  while (head < most && old[head] === text[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  const letters = each(token);
  const [before, after] = [letters[head - 1] ?? [], letters[old.length - tail] ?? []];
  const between = Array.from({ length: text.length - head - tail }, () => before.filter((mark) => after.includes(mark)));
  return withLetters({ ...token, text }, [...letters.slice(0, head), ...between, ...letters.slice(old.length - tail)]).parts;
}
