// The text field of the line in work: plain text over a copy of itself that carries colours and underlines.
// The field is an ordinary textarea, so typing, pasting, input methods and screen readers work as everywhere.

import { h } from "./dom.js";
import { apart, shown, spans } from "./tokens.js";

/** The letters of a word as they are shown, marked ones in elements of their own. */
export function lettersOf(token, text) {
  const parts = token?.parts ?? [];
  if (parts.map((part) => part.text).join("") !== text) return text;
  return parts.map((part) => (part.marks.length ? h("span", { class: `p${part.marks.map((mark) => ` m-${mark}`).join("")}` }, part.text) : part.text));
}

/** `on.typed(text)` when the text changed, `on.moved()` when the cursor did. */
export class Field {
  constructor(on) {
    this.on = on;
    this.input = h("textarea", { rows: 1, class: "field-text", spellcheck: "false", autocomplete: "off", autocapitalize: "off", autocorrect: "off" });
    this.copy = h("div", { class: "field-copy", "aria-hidden": "true" });
    this.el = h("div", { class: "field" }, this.copy, this.input);
    this.askedWord = null;
    this.painted = null;
    this.input.addEventListener("beforeinput", (event) => this.onBefore(event));
    this.input.addEventListener("input", (event) => this.onInput(event));
    this.input.addEventListener("select", () => this.onMove());
    document.addEventListener("selectionchange", () => document.activeElement === this.input && this.onMove());
    this.input.addEventListener("pointerdown", () => (this.asked = null));
  }

  /** The word that Tab chose and nobody touched yet: numbers choose its rivals. Null when there is none. */
  get asked() {
    // looked up each time: a key may come before the browser has told that the cursor moved
    const place = this.askedWord === null ? null : spans(this.text)[this.askedWord];
    const { selectionStart, selectionEnd } = this.input;
    return place && place[0] === selectionStart && place[1] === selectionEnd ? this.askedWord : null;
  }

  set asked(word) {
    this.askedWord = word;
  }

  get text() {
    return this.input.value;
  }

  /** The word at the cursor; null in an empty line. As `asked`, looked up each time. */
  get current() {
    return this.wordAt(this.input.selectionStart);
  }

  /** Shows tokens; `classes(token)` gives the class of each word. */
  show(tokens, classes) {
    this.tokens = tokens;
    this.classes = classes;
    const text = tokens.map(shown).join(" ");
    // while a space is being typed the text has more white space than the tokens: leave it alone
    if (text !== this.text.trim().replace(/\s+/gu, " ")) this.input.value = text;
    this.paint();
  }

  /** The same tokens in other colours. */
  paint() {
    const text = this.text;
    const parts = [];
    const { current } = this;
    this.painted = current;
    let at = 0;
    spans(text).forEach(([start, end], word) => {
      if (start > at) parts.push(text.slice(at, start));
      const token = this.tokens[word];
      const name = `${token ? this.classes(token) : ""}${word === current ? " at" : ""}`;
      parts.push(h("span", { class: name }, lettersOf(token, text.slice(start, end))));
      at = end;
    });
    parts.push(`${text.slice(at)}\u200b`);
    this.copy.replaceChildren(...parts);
  }

  /** A digit never takes the place of a word that Tab chose, by whatever keyboard it came. */
  onBefore(event) {
    if (this.asked === null || !/^\d$/u.test(event.data ?? "")) return;
    event.preventDefault();
    this.on.digit(Number(event.data));
  }

  onInput(event) {
    this.asked = null;
    if (!event.isComposing) this.tidy();
    this.on.typed(this.text);
  }

  /** A line stays a line, and a gap stands by itself. */
  tidy() {
    const { value, selectionStart } = this.input;
    const clean = (text) => apart(text.replace(/[\r\n\t\f\v\u2028\u2029]+/gu, " "));
    const tidied = clean(value);
    if (tidied === value) return;
    const before = clean(value.slice(0, selectionStart));
    this.input.value = tidied;
    this.input.setSelectionRange(before.length, before.length);
  }

  onMove() {
    const { current } = this;
    if (this.asked === null) this.asked = null; // whoever moved away and came back chose the word, not Tab
    const letters = JSON.stringify(this.chosenLetters());
    if (current === this.painted && letters === this.letters) return;
    if (current !== this.painted) this.paint();
    this.letters = letters;
    this.on.moved();
  }

  /** The word at a place of the text, or the one before the space there; null in an empty line. */
  wordAt(place) {
    const places = spans(this.text);
    const inside = places.findIndex(([start, end]) => place >= start && place <= end);
    if (inside >= 0) return inside;
    const before = places.filter(([, end]) => end < place).length;
    return places.length ? Math.max(0, before - 1) : null;
  }

  /** A part of one word that is selected: {word, from, to}; null when it is the whole word, or more. */
  chosenLetters() {
    const { selectionStart, selectionEnd } = this.input;
    if (selectionStart === selectionEnd) return null;
    const word = spans(this.text).findIndex(([start, end]) => start <= selectionStart && selectionEnd <= end);
    if (word < 0) return null;
    const [start, end] = spans(this.text)[word];
    return selectionStart === start && selectionEnd === end ? null : { word, from: selectionStart - start, to: selectionEnd - start };
  }

  /** First and last word of what is selected. */
  chosenWords() {
    const { selectionStart, selectionEnd } = this.input;
    const first = this.wordAt(selectionStart);
    if (first === null) return [];
    if (selectionStart === selectionEnd) return [first];
    const out = [];
    spans(this.text).forEach(([start, end], word) => {
      if (start < selectionEnd && end > selectionStart) out.push(word);
    });
    return out.length ? out : [first];
  }

  /** Chooses a word as Tab does (`asked`), or just puts the cursor behind it. */
  choose(word, asked) {
    const place = spans(this.text)[word];
    this.input.focus({ preventScroll: true });
    if (!place) return;
    this.input.setSelectionRange(asked ? place[0] : place[1], place[1]);
    this.asked = asked ? word : null;
    this.paint();
    this.on.moved();
  }

  focus(atEnd) {
    this.input.focus({ preventScroll: true });
    const place = atEnd ? this.text.length : 0;
    this.input.setSelectionRange(place, place);
    this.asked = null;
    this.onMove();
  }

  /** Types a text at the cursor. */
  insert(text) {
    this.input.focus({ preventScroll: true });
    const { selectionStart, selectionEnd } = this.input;
    this.input.setRangeText(text, selectionStart, selectionEnd, "end");
    this.asked = null;
    this.tidy();
    this.on.typed(this.text);
    this.onMove();
  }

  /** Puts another text in the place of a word and leaves the cursor behind it. */
  replace(word, text) {
    const place = spans(this.text)[word];
    if (!place) return;
    this.input.setRangeText(text, place[0], place[1], "end");
    this.on.typed(this.text);
    this.choose(word, false);
  }

  /** Does the cursor stand in the first, or last, row of a line that is wrapped? */
  atEdge(down) {
    const place = this.input.selectionStart;
    let passed = 0;
    const box = this.copy.getBoundingClientRect();
    for (const node of this.copy.childNodes) {
      const length = node.textContent.length;
      if (passed + length >= place) {
        const range = document.createRange();
        range.selectNodeContents(node);
        const rects = [...range.getClientRects()];
        const row = rects[0];
        if (!row) return true;
        return down ? row.bottom > box.bottom - row.height : row.top < box.top + row.height;
      }
      passed += length;
    }
    return true;
  }
}
