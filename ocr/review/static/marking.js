// Marks, gaps and expansions put on the words of the line in work; each can be taken back.

import { haveMark, markLetters } from "./letters.js";
import { scheme } from "./scheme.js";
import { GAP } from "./tokens.js";

/** Puts a mark on the letters or words chosen, or takes it off when all have it. */
export function toggleMark(work, mark) {
  const { line, desk } = work;
  const { field } = desk.text;
  const part = line && scheme.partial.includes(mark) ? field.chosenLetters() : null;
  const words = !line ? [] : part ? [part.word] : field.chosenWords();
  if (!words.length) return;
  const off = words.every((at) => haveMark(line.live[at], mark, part?.from, part?.to));
  const tokens = line.live.map((token, at) => {
    if (!words.includes(at)) return token;
    if (scheme.partial.includes(mark) && !token.gap) return markLetters(token, mark, !off, part?.from, part?.to);
    const marks = token.marks.filter((other) => other !== mark);
    if (mark !== "abbr") return { ...token, marks: off ? marks : [...marks, mark] };
    return { ...token, marks: off ? marks : [...marks, mark], parts: [], expan: off ? null : token.expan };
  });
  marked(work, line, tokens);
  if (mark === "abbr" && !off) desk.dock.expan.focus();
}

/** What the machine took for struck out or added is ordinary text: the line, or else the words chosen. */
export function makeOrdinary(work) {
  const { line, desk } = work;
  if (!line) return undefined;
  if (line.kind !== "text") return desk.act("set_kind", "text");
  const words = desk.text.field.chosenWords();
  const plain = (token) => ["del", "add"].reduce((word, mark) => markLetters(word, mark, false), token);
  return marked(work, line, line.live.map((token, at) => (words.includes(at) && !token.gap ? plain(token) : token)));
}

function marked(work, line, tokens) {
  work.desk.undo.pause();
  work.retyped(line, tokens);
  work.desk.undo.pause();
  work.mark();
}

/** The abbreviation at the cursor in full. */
export function setExpan(work, text) {
  const { line } = work;
  const at = work.desk.text.field.current;
  if (line?.live[at]) work.retyped(line, line.live.map((token, place) => (place === at ? { ...token, expan: text.trim() || null } : token)));
}

/** A gap at the cursor; in a gap, one letter more. */
export function insertGap({ line, desk }) {
  const { field } = desk.text;
  if (!line) return;
  desk.undo.pause();
  const { selectionStart, selectionEnd, value } = field.input;
  const current = line.live[field.wordAt(selectionStart)];
  if (selectionStart === selectionEnd && current?.gap && value[selectionStart - 1] === GAP) field.insert(GAP);
  else field.insert(GAP.repeat(Math.max(1, value.slice(selectionStart, selectionEnd).trim().length)));
  desk.undo.pause();
}
