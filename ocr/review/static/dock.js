// Below the lines: the word at the cursor with its other readings, the marks, the letters.

import { $, h } from "./dom.js";
import { LETTERS, MARK_KEYS, keysOf } from "./keys.js";
import { haveMark } from "./letters.js";
import { nameOf, trust } from "./model.js";
import { scheme } from "./scheme.js";
import { shown } from "./tokens.js";
import { percent, t } from "./words.js";

/** `act(name, value)` does what a button says. */
export class Dock {
  constructor(act) {
    this.act = act;
    this.el = $("dock");
    // a button of the dock never takes the cursor out of the text
    this.el.addEventListener("pointerdown", (event) => event.target.closest("button") && event.preventDefault());
    this.el.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
  }

  /** Builds the rows in the language of now. */
  build() {
    this.word = h("div", { class: "dock-word", role: "group", "aria-label": t("word") });
    this.buttons = new Map(Object.keys(MARK_KEYS).filter((mark) => mark === "gap" || scheme.marks.includes(mark)).map((mark) => [mark, this.markButton(mark)]));
    this.expan = h("input", { class: "expan", type: "text", id: "expan", autocomplete: "off", spellcheck: "false", "aria-label": t("expan"), placeholder: t("expan") });
    this.expan.addEventListener("input", () => this.act("expan", this.expan.value));
    this.expan.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      event.stopPropagation();
      this.act("back_to_field");
    });
    const letters = LETTERS.map(([letter]) => {
      const upper = letter.toUpperCase();
      const title = `${keysOf("letter", letter)}${upper === letter ? "" : `   ${upper}: Shift`}`;
      return h("button", { type: "button", class: "letter", title, "aria-label": letter, onclick: (event) => this.act("letter", event.shiftKey ? upper : letter) }, letter);
    });
    this.el.replaceChildren(
      this.word,
      h("div", { class: "dock-tools" },
        h("div", { class: "dock-marks", role: "group", "aria-label": t("marks") }, [...this.buttons.values()], this.expan),
        h("div", { class: "dock-letters", role: "group", "aria-label": t("letters") }, letters)),
    );
    this.show(null);
  }

  markButton(mark) {
    const gap = mark === "gap";
    return h("button", {
      type: "button", class: `mark-button m-${mark}`,
      title: `${t(`mark_${mark}`)}   ${keysOf(gap ? "gap" : "mark", mark)}`, "aria-pressed": gap ? null : "false",
      onclick: () => (gap ? this.act("gap") : this.act("mark", mark)),
    }, h("span", { class: "mark-sample", "aria-hidden": "true" }, gap ? "▯" : "аб"), h("span", { class: "mark-name" }, t(`mark_${mark}`)));
  }

  /** Shows the word: {page, line, token, letters chosen in it}; null for none. */
  show(at) {
    const token = at?.token;
    for (const mark of scheme.marks) this.buttons.get(mark)?.setAttribute("aria-pressed", String(Boolean(token && haveMark(token, mark, at.letters?.from, at.letters?.to))));
    const abbr = Boolean(token?.marks.includes("abbr"));
    this.expan.hidden = !abbr;
    if (abbr && document.activeElement !== this.expan) this.expan.value = token.expan ?? "";
    this.word.replaceChildren(...(token ? this.about(at) : [h("span", { class: "quiet" }, t("no_word"))]));
  }

  about({ page, line, token, asked }) {
    const level = trust(page, line, token);
    const parts = [h("b", { class: `word-now t-${level}` }, shown(token))];
    if (token.gap) parts.push(h("span", { class: "quiet" }, token.gap.extent === null ? t("gap_unknown") : t("gap_n", { n: token.gap.extent })));
    else if (token.by) parts.push(h("span", { class: "quiet" }, t("word_confirmed", { who: nameOf(page, token.by) })));
    else if (token.cert !== null) parts.push(h("span", { class: `sureness t-${level}` }, t("sure_by", { percent: percent(token.cert) })));
    if (level === "doubtful" || level === "unsure") parts.push(this.choice("Space", t("word_right"), "right", undefined, asked, "✓"));
    const machine = machineOf(line, token);
    if (machine !== null && machine !== shown(token)) parts.push(this.choice("0", machine, "machine", undefined, asked, null, t("as_read")));
    token.rivals.slice(0, 9).forEach((rival, at) => {
      if (rival.text !== shown(token)) parts.push(this.choice(String(at + 1), rival.text, "rival", at, asked, null, rival.cert === null ? "" : percent(rival.cert)));
    });
    if (!token.rivals.length && token.cert !== null && !token.by) parts.push(h("span", { class: "quiet" }, t("no_rivals")));
    return parts;
  }

  choice(key, text, act, value, asked, sign, note = "") {
    return h("button", { type: "button", class: `choice${asked ? " asked" : ""}`, onclick: () => this.act(act, value) },
      asked ? h("kbd", {}, key) : key === "Space" ? null : h("kbd", {}, `F2 ${key}`), " ", sign ? `${sign} ` : "", h("span", { class: "choice-text" }, text), note ? h("small", {}, ` ${note}`) : null);
  }
}

/** What the machine read where this word stands: kept by the record, or by the line while it is not saved. */
export function machineOf(line, token) {
  if (token.machine !== null && token.machine !== undefined) return token.machine;
  const saved = token.id && line.tokens.find(({ id }) => id === token.id);
  return saved ? (saved.machine ?? shown(saved)) : null;
}
