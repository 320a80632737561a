// Which key does what: one table for listening, for the labels of buttons, and for the sheet of keys.
// Keys are told by their place on the keyboard, so a Russian layout needs no switching. A command that is no plain key
// is two strokes: F2 (or Ctrl and the key of the slash), then one key.

import { announce, h } from "./dom.js";
import { t } from "./words.js";

export const LETTERS = [
  ["ѣ", "KeyE"], ["і", "KeyI"], ["ѳ", "KeyF"], ["ѵ", "KeyV"], ["№", "KeyN"], ["§", "KeyP"], ["—", "Minus"],
  ["«", "BracketLeft"], ["»", "BracketRight"], ["„", "Semicolon"], ["“", "Quote"], ["'", "Comma"],
];

/** The marks in the order of their buttons. */
export const MARK_KEYS = {
  del: "KeyX", add: "KeyA", unclear: "KeyU", gap: "KeyG", supplied: "KeyS", abbr: "KeyB", foreign: "KeyL", hi: "KeyH", superscript: "KeyY",
};

/** Opens the second row of keys: what is pressed next is a command. Alt would open the menu of Firefox and Windows,
 *  Alt+Shift and Ctrl+Shift switch the layout of most Russian keyboards, Option types letters on a Mac; none is used. */
export const LEADS = ["F2", "Ctrl+Slash"];

const letterRows = LETTERS.flatMap(([letter, code]) => {
  const upper = letter.toUpperCase();
  const rows = [{ group: "group_letters", act: "letter", with: letter, keys: [`F2 ${code}`], label: letter }];
  if (upper !== letter) rows.push({ act: "letter", with: upper, keys: [`F2 Shift+${code}`], label: upper, hidden: true });
  return rows;
});

const rivalRows = Array.from({ length: 9 }, (_, at) => ({
  group: "group_word", act: "rival", with: at, keys: [`F2 Digit${at + 1}`], label: "key_rival", shown: "1 … 9, F2 1 … F2 9", hidden: at > 0,
}));

/** where: "field" in the text field only; "any" also off a page; else anywhere on a page. */
export const TABLE = [
  { group: "group_read", act: "accept", keys: ["Enter"], where: "field", label: "key_accept" },
  { group: "group_read", act: "doubt", with: 1, keys: ["Tab"], where: "field", label: "key_doubt" },
  { group: "group_read", act: "doubt", with: -1, keys: ["Shift+Tab"], where: "field", label: "key_doubt_back" },
  { group: "group_read", act: "verify", keys: ["Ctrl+Enter"], where: "field", label: "key_verify" },
  { group: "group_read", act: "step", with: -1, keys: ["ArrowUp"], where: "field", label: "key_up", shown: "↑ ↓" },
  { act: "step", with: 1, keys: ["ArrowDown"], where: "field", hidden: true },
  { group: "group_read", act: "undo", keys: ["Ctrl+KeyZ"], label: "undo" },
  { group: "group_read", act: "redo", keys: ["Ctrl+KeyY", "Ctrl+Shift+KeyZ"], label: "redo" },
  { group: "group_read", act: "leave", keys: ["Escape"], where: "field", label: "key_leave" },
  ...rivalRows,
  { group: "group_word", act: "machine", keys: ["F2 Digit0"], label: "key_machine", shown: "0, F2 0" },
  { group: "group_word", act: "right", keys: ["F2 Space"], label: "key_right", shown: "Space" },
  ...Object.entries(MARK_KEYS).map(([mark, code]) => ({
    group: "group_marks", act: mark === "gap" ? "gap" : "mark", with: mark, keys: [`F2 ${code}`], label: `mark_${mark}`,
  })),
  { group: "group_marks", act: "ordinary", keys: ["F8", "F2 KeyD"], label: "key_ordinary" },
  ...letterRows,
  { group: "group_lines", act: "split", keys: ["F2 Enter"], label: "split" },
  { group: "group_lines", act: "join", keys: ["F2 Backspace"], label: "merge_up" },
  { group: "group_lines", act: "add_line", keys: ["F2 Shift+Enter"], label: "add_line" },
  { group: "group_lines", act: "remove_line", keys: ["F2 Shift+Backspace"], label: "remove_line" },
  { group: "group_lines", act: "shape", keys: ["F2 KeyO"], label: "shape" },
  { group: "group_lines", act: "reread", keys: ["F2 KeyR"], label: "reread" },
  { group: "group_lines", act: "kind", keys: ["F2 KeyK"], label: "kind" },
  { group: "group_lines", act: "move", with: -1, keys: ["F2 ArrowUp"], label: "key_move", shown: "F2 ↑, F2 ↓" },
  { act: "move", with: 1, keys: ["F2 ArrowDown"], hidden: true },
  { group: "group_lines", act: "history", keys: ["F2 KeyT"], label: "history" },
  { group: "group_page", act: "sure", keys: ["F2 KeyM"], label: "accept_sure" },
  { group: "group_page", act: "page_done", keys: ["F2 KeyW"], label: "key_page_done" },
  { group: "group_page", act: "zoom_line", keys: ["F2 KeyZ"], label: "zoom_line" },
  { group: "group_page", act: "zoom", with: 1.4, keys: ["F2 Equal"], label: "key_zoom", shown: "F2 =, F2 Shift+=, F2 J" },
  { act: "zoom", with: 1 / 1.4, keys: ["F2 Shift+Equal"], hidden: true },
  { act: "home", keys: ["F2 KeyJ"], hidden: true },
  { group: "group_page", act: "page", with: 1, keys: ["F2 PageDown"], label: "next_page" },
  { group: "group_page", act: "page", with: -1, keys: ["F2 PageUp"], label: "previous_page" },
  { group: "group_page", act: "next_worth", keys: ["F2 KeyQ"], label: "next_worth" },
  { group: "group_page", act: "compare", keys: ["F2 KeyC"], label: "compare" },
  { group: "group_page", act: "keys", keys: ["F1"], where: "any", label: "keys", shown: "?, F1" },
];

const byKeys = new Map(TABLE.flatMap((row) => row.keys.map((keys) => [keys, row])));

const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "Fn"]);

/** How an event is called: "Ctrl+Shift+KeyZ". Null when AltGr is typing a letter. */
export function called(event) {
  if (event.getModifierState?.("AltGraph")) return null;
  const code = { NumpadEnter: "Enter", NumpadAdd: "Equal" }[event.code] ?? (event.code || event.key).replace(/^Numpad(\d)$/u, "Digit$1");
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${code}`;
}

/** A key pressed anywhere on the page: does what the table says, or leaves it to the browser. */
export function pressed(desk, event) {
  if (event.isComposing || document.querySelector("dialog[open]") || MODIFIERS.has(event.key)) return;
  const { field } = desk.text;
  const inField = document.activeElement === field.input;
  const typing = inField || /^(?:INPUT|SELECT|TEXTAREA)$/u.test(document.activeElement?.tagName ?? "");
  const name = called(event);
  if (desk.lead.isOpen) {
    event.preventDefault();
    if (event.repeat && LEADS.includes(name)) return;
    desk.lead.close();
    const row = byKeys.get(`F2 ${name}`);
    if (row) desk.act(row.act, row.with);
    else if (name !== "Escape" && !LEADS.includes(name)) desk.notify(t("no_such_key"));
    return;
  }
  if (event.key === "?" && !typing && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    return void desk.act("keys");
  }
  if (inField && field.asked !== null && answered(desk, event)) return void event.preventDefault();
  if ((typing && !inField) || desk.shape.isOpen) return;
  if (LEADS.includes(name) && desk.work) {
    event.preventDefault();
    return void desk.lead.open();
  }
  const row = byKeys.get(name);
  if (!row || (row.where === "field" && !inField) || (row.where !== "any" && !desk.work)) return;
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
  if (digit !== undefined) desk.act("digit", Number(digit));
  else if (event.code === "Space") desk.act("right");
  else return false;
  return true;
}

/** The keys of an action, for a button's label: "Alt+X". */
export function keysOf(act, value) {
  const row = TABLE.find((row) => row.act === act && (value === undefined || row.with === value));
  return row ? readable(row.keys[0]) : "";
}

const NAMES = {
  ArrowUp: "↑", ArrowDown: "↓", Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]", Semicolon: ";", Quote: "'",
  Comma: ",", Escape: "Esc", PageUp: "PgUp", PageDown: "PgDn", Slash: "/",
};

function readable(keys) {
  return keys.split(" ").map((stroke) => stroke.split("+").map((part) => NAMES[part] ?? part.replace(/^(Key|Digit)/u, "")).join("+")).join(" ");
}

/** The second row of keys, shown while it waits for a command. */
export class Lead {
  constructor(place) {
    this.place = place;
    this.el = null;
    for (const event of ["pointerdown", "blur"]) window.addEventListener(event, () => this.close());
  }

  get isOpen() {
    return this.el !== null;
  }

  open() {
    const rows = TABLE.filter((row) => row.group && row.keys[0].startsWith("F2 ") && !row.hidden);
    this.el = h("div", { class: "lead", "aria-hidden": "true" }, rows.map((row) =>
      h("span", {}, h("kbd", {}, readable(row.keys[0].slice(3))), " ", t(row.label))));
    this.place.append(this.el);
    announce(t("lead_open"));
  }

  close() {
    this.el?.remove();
    this.el = null;
  }
}

/** The sheet of keys. */
export function sheet() {
  const groups = new Map();
  for (const row of TABLE) {
    if (row.hidden || !row.group) continue;
    if (!groups.has(row.group)) groups.set(row.group, []);
    groups.get(row.group).push(row);
  }
  return h("div", { class: "sheet" }, [...groups].map(([group, rows]) =>
    h("section", {}, h("h3", {}, t(group)), h("dl", {}, rows.map((row) => [
      h("dt", {}, (row.shown ?? row.keys.map(readable).join(", ")).split(", ").map((keys, at) => [at ? " " : "", h("kbd", {}, keys)])),
      h("dd", {}, t(row.label)),
    ]))),
  ));
}
