// Which key does what: one table for listening, for the labels of buttons, and for the sheet of keys.
// Keys are told by their place on the keyboard, so a Russian layout needs no switching.

import { h } from "./dom.js";
import { t } from "./words.js";

export const LETTERS = [
  ["ѣ", "KeyE"], ["і", "KeyI"], ["ѳ", "KeyF"], ["ѵ", "KeyV"], ["№", "KeyN"], ["§", "KeyP"], ["—", "Minus"],
  ["«", "BracketLeft"], ["»", "BracketRight"], ["„", "Semicolon"], ["“", "Quote"], ["'", "Comma"],
];

const MARK_KEYS = {
  del: "KeyX", add: "KeyA", unclear: "KeyU", gap: "KeyG", supplied: "KeyS", abbr: "KeyB", foreign: "KeyL", hi: "KeyH",
};

const letterRows = LETTERS.flatMap(([letter, code]) => {
  const upper = letter.toUpperCase();
  const rows = [{ group: "group_letters", act: "letter", with: letter, keys: [`Alt+${code}`], where: "field", said: letter }];
  if (upper !== letter) rows.push({ act: "letter", with: upper, keys: [`Alt+Shift+${code}`], where: "field", said: upper, hidden: true });
  return rows;
});

const rivalRows = Array.from({ length: 9 }, (_, at) => ({
  group: "group_word", act: "rival", with: at, keys: [`Alt+Digit${at + 1}`], where: "field", said: "key_rival",
  shown: "1 … 9, Alt+1 … Alt+9", hidden: at > 0,
}));

/** where: "field" in the text field only; "page" anywhere on a page. */
export const TABLE = [
  { group: "group_read", act: "accept", keys: ["Enter"], where: "field", said: "key_accept" },
  { group: "group_read", act: "doubt", with: 1, keys: ["Tab"], where: "field", said: "key_doubt" },
  { group: "group_read", act: "doubt", with: -1, keys: ["Shift+Tab"], where: "field", said: "key_doubt_back" },
  { group: "group_read", act: "verify", keys: ["Ctrl+Enter"], where: "field", said: "key_verify" },
  { group: "group_read", act: "step", with: -1, keys: ["ArrowUp"], where: "field", said: "key_up", shown: "↑ ↓" },
  { act: "step", with: 1, keys: ["ArrowDown"], where: "field", hidden: true },
  { group: "group_read", act: "undo", keys: ["Ctrl+KeyZ"], where: "page", said: "undo" },
  { group: "group_read", act: "redo", keys: ["Ctrl+Shift+KeyZ", "Ctrl+KeyY"], where: "page", said: "redo" },
  { group: "group_read", act: "leave", keys: ["Escape"], where: "field", said: "key_leave" },
  ...rivalRows,
  { group: "group_word", act: "machine", keys: ["Alt+Digit0"], where: "field", said: "key_machine", shown: "0, Alt+0" },
  { group: "group_word", act: "right", keys: ["Alt+Space"], where: "field", said: "key_right", shown: "Space" },
  ...Object.entries(MARK_KEYS).map(([mark, code]) => ({
    group: "group_marks", act: mark === "gap" ? "gap" : "mark", with: mark, keys: [`Alt+${code}`], where: "field", said: `mark_${mark}`,
  })),
  ...letterRows,
  { group: "group_lines", act: "split", keys: ["Alt+Enter"], where: "field", said: "split" },
  { group: "group_lines", act: "join", keys: ["Alt+Backspace"], where: "field", said: "merge_up" },
  { group: "group_lines", act: "add_line", keys: ["Alt+Shift+Enter"], where: "page", said: "add_line" },
  { group: "group_lines", act: "remove_line", keys: ["Alt+Shift+Backspace"], where: "page", said: "remove_line" },
  { group: "group_lines", act: "shape", keys: ["Alt+KeyO"], where: "page", said: "shape" },
  { group: "group_lines", act: "reread", keys: ["Alt+KeyR"], where: "page", said: "reread" },
  { group: "group_lines", act: "kind", keys: ["Alt+KeyK"], where: "page", said: "kind" },
  { group: "group_lines", act: "move", with: -1, keys: ["Alt+Shift+ArrowUp"], where: "page", said: "key_move", shown: "Alt+Shift+↑ ↓" },
  { act: "move", with: 1, keys: ["Alt+Shift+ArrowDown"], where: "page", hidden: true },
  { group: "group_lines", act: "history", keys: ["Alt+KeyT"], where: "page", said: "history" },
  { group: "group_page", act: "sure", keys: ["Ctrl+Shift+Enter"], where: "page", said: "accept_sure" },
  { group: "group_page", act: "zoom_line", keys: ["Alt+KeyZ"], where: "page", said: "zoom_line" },
  { group: "group_page", act: "nearer", with: 1.4, keys: ["Alt+Equal"], where: "page", said: "key_nearer", shown: "Alt+=, Alt+Shift+=, Alt+J" },
  { act: "nearer", with: 1 / 1.4, keys: ["Alt+Shift+Equal"], where: "page", hidden: true },
  { act: "home", keys: ["Alt+KeyJ"], where: "page", hidden: true },
  { group: "group_page", act: "page", with: 1, keys: ["Alt+PageDown"], where: "page", said: "next_page" },
  { group: "group_page", act: "page", with: -1, keys: ["Alt+PageUp"], where: "page", said: "previous_page" },
  { group: "group_page", act: "next_worth", keys: ["Alt+KeyQ"], where: "page", said: "next_worth" },
  { group: "group_page", act: "compare", keys: ["Alt+KeyC"], where: "page", said: "compare" },
  { group: "group_page", act: "keys", keys: ["F1"], where: "any", said: "keys", shown: "?, F1" },
];

const byKeys = new Map(TABLE.flatMap((row) => row.keys.map((keys) => [keys, row])));

/** How an event is called: "Ctrl+Shift+KeyZ". Null when AltGr is typing a letter. */
export function called(event) {
  if (event.getModifierState?.("AltGraph")) return null;
  const code = { NumpadEnter: "Enter", NumpadAdd: "Equal" }[event.code] ?? (event.code || event.key);
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${code}`;
}

/** The row that an event asks for, with the focus in the text field or elsewhere on the page. */
function rowOf(event, inField, onPage) {
  const row = byKeys.get(called(event));
  if (!row) return null;
  if (row.where === "field") return inField ? row : null;
  return row.where === "page" && !onPage ? null : row;
}

/** A key pressed anywhere on the page: does what the table says, or leaves it to the browser. */
export function pressed(desk, event) {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  const { field } = desk.text;
  const inField = document.activeElement === field.input;
  const typing = inField || /^(?:INPUT|SELECT|TEXTAREA)$/u.test(document.activeElement?.tagName ?? "");
  if (event.key === "?" && !typing && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    return void desk.act("keys");
  }
  if (inField && field.asked !== null && answered(desk, event)) return void event.preventDefault();
  const row = rowOf(event, inField, Boolean(desk.sitting));
  if (!row || desk.shape.isOpen || (typing && !inField)) return;
  if (row.act === "step" && !field.atEdge(row.with > 0)) return;
  if (row.act === "doubt") {
    // no doubtful word any more: Tab does what it does everywhere
    if (desk.act("doubt", row.with) !== false) event.preventDefault();
    return;
  }
  event.preventDefault();
  desk.act(row.act, row.with);
}

/** A word chosen by Tab answers to plain numbers and to Space. */
function answered(desk, event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
  const digit = /^(?:Digit|Numpad)(\d)$/u.exec(event.code)?.[1];
  if (digit !== undefined) return digit === "0" ? desk.act("machine") : desk.act("rival", Number(digit) - 1);
  if (event.code !== "Space") return false;
  desk.act("right");
  return true;
}

/** The keys of an action, for a button's label: "Alt+X". */
export function keysOf(act, value) {
  const row = TABLE.find((one) => one.act === act && (value === undefined || one.with === value));
  return row ? readable(row.keys[0]) : "";
}

const NAMES = {
  ArrowUp: "↑", ArrowDown: "↓", Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]", Semicolon: ";", Quote: "'",
  Comma: ",", Escape: "Esc", PageUp: "PgUp", PageDown: "PgDn",
};

function readable(keys) {
  return keys.split("+").map((part) => NAMES[part] ?? part.replace(/^(Key|Digit)/u, "")).join("+");
}

/** The sheet of keys. */
export function sheet(values) {
  const groups = new Map();
  for (const row of TABLE) {
    if (row.hidden || !row.group) continue;
    if (!groups.has(row.group)) groups.set(row.group, []);
    groups.get(row.group).push(row);
  }
  return h("div", { class: "sheet" }, [...groups].map(([group, rows]) =>
    h("section", {}, h("h3", {}, t(group)), h("dl", {}, rows.map((row) => [
      h("dt", {}, (row.shown ?? row.keys.map(readable).join(", ")).split(", ").map((keys, at) => [at ? " " : "", h("kbd", {}, keys)])),
      h("dd", {}, t(row.said, values)),
    ]))),
  ));
}
