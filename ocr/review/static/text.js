// The lines of a page as text; the line in work is opened up, with its picture, its field and its tools.

import { $, h } from "./dom.js";
import { Field, lettersOf } from "./field.js";
import { keysOf } from "./keys.js";
import { haveMark } from "./letters.js";
import { nameOf, trust } from "./model.js";
import { scheme } from "./scheme.js";
import { Strip } from "./strip.js";
import { differences, lineText, shown } from "./tokens.js";
import { nameOfLine, t } from "./words.js";

const SIGNS = { draft: "", corrected: "✓", verified: "✓✓" };

/** The class of a word: its marks, and how sure the machine was. */
export function classOf(page, line, token) {
  const marks = token.marks.map((mark) => ` m-${mark}`).join("");
  return `w t-${trust(page, line, token)}${marks}${token.gap ? " m-gap" : ""}`;
}

/** `act(name, value)`; `on`: typed(text), moved(), over(line id, token), open(line id, token). */
export class TextPane {
  constructor(act, on) {
    this.act = act;
    this.on = on;
    this.list = $("lines");
    this.field = new Field(on);
    this.strip = new Strip({ word: (at) => this.field.choose(at, false), over: (at) => on.over(this.line?.id ?? null, at) });
    this.rows = new Map();
    this.unread = h("li", { class: "unread" });
    this.gone = h("li", { class: "gone" });
    this.line = null;
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("pointermove", (event) => this.hovered(event));
    this.list.addEventListener("pointerleave", () => on.over(null, null));
    this.list.addEventListener("keydown", (event) => this.arrow(event));
    new ResizeObserver(() => this.strip.fit()).observe(this.list);
  }

  /** All lines anew. */
  show(page) {
    this.page = page;
    this.close();
    this.build();
    this.rows = new Map(page.lines.map((line) => [line.id, this.row(line)]));
    this.list.replaceChildren(...this.rows.values(), this.unread, this.gone);
    this.tellUnread();
    this.tellRemoved();
    if (page.lines.length) this.rows.get(page.lines[0].id).querySelector(".line-n").tabIndex = 0;
  }

  build() {
    this.machine = h("div", { class: "machine" });
    this.kind = h("select", { class: "kind", "aria-label": t("kind"), onchange: () => this.act("set_kind", this.kind.value) },
      scheme.kinds.map((kind) => h("option", { value: kind }, t(`kind_${kind}`))));
    const tool = (act, label, value) => h("button", { type: "button", class: "tool", title: keysOf(act, value), onclick: () => this.act(act, value) }, t(label));
    this.accept = h("button", { type: "button", class: "tool primary", title: "Enter", onclick: () => this.act("accept") }, t("accept"));
    this.verify = tool("verify", "verify");
    this.reopen = tool("reopen", "reopen");
    this.ordinary = tool("ordinary", "ordinary");
    const more = h("details", { class: "more" }, h("summary", { class: "tool" }, t("more")),
      h("div", { class: "more-tools" }, tool("split", "split"), tool("join", "merge_up"), tool("add_line", "add_line"), tool("remove_line", "remove_line"),
        tool("move", "move_up", -1), tool("move", "move_down", 1)));
    more.addEventListener("click", (event) => event.target.closest("button") && (more.open = false));
    this.tools = h("div", { class: "tools", role: "group", "aria-label": t("line", { n: "" }) },
      this.accept, this.verify, this.reopen, tool("history", "history"), tool("reread", "reread"), tool("shape", "shape"), this.kind, this.ordinary, more);
    this.work = h("div", { class: "work" }, this.strip.el, this.field.el, this.machine, this.tools);
  }

  /** Below the lines: ink that stands in none of them, to be looked at and made lines of. */
  tellUnread() {
    const { unread } = this.page;
    const button = (label, act, value) => h("button", { type: "button", class: "tool", onclick: () => this.act(act, value) }, t(label));
    this.unread.hidden = !unread.length;
    this.unread.replaceChildren(h("h2", {}, t("unread_places")), h("ul", {}, unread.map((place) => h("li", {},
      h("span", {}, place.reason || t("unread_somewhere")), button("zoom_place", "show_place", place.id), button("line_here", "add_at", place.id)))));
  }

  /** Below the lines: what was taken out, to be brought back. */
  tellRemoved() {
    const { removed } = this.page;
    this.gone.hidden = !removed.length;
    this.gone.replaceChildren(h("h2", {}, t("removed_lines")), h("ul", {}, removed.map((line) => h("li", {},
      h("span", { class: "line-words" }, line.text || t("nothing_there")), " ",
      h("button", { type: "button", class: "tool", onclick: () => this.act("restore_line", line.id) }, t("bring_back"))))));
  }

  row(line) {
    const number = h("button", { type: "button", class: "line-n", tabindex: "-1" });
    const words = h("div", { class: "line-words" });
    const state = h("span", { class: "line-state" });
    const machine = h("div", { class: "line-machine" });
    const row = h("li", { class: "line", "data-line": line.id }, number, h("div", { class: "line-main" }, words, machine), state);
    Object.assign(row, { number, words, state, machine });
    this.fill(row, line);
    return row;
  }

  /** One line as it stands now. */
  refresh(line) {
    const row = this.rows.get(line.id);
    if (!row) return;
    this.fill(row, line);
    if (line === this.line) {
      this.field.show(line.live, (token) => classOf(this.page, line, token));
      this.tell();
      this.on.moved();
    }
  }

  fill(row, line) {
    const before = this.page.lines[this.page.lines.indexOf(line) - 1];
    const leaf = before && before.surface !== line.surface ? " new-leaf" : "";
    row.className = `line is-${line.state} kind-${line.kind}${line === this.line ? " now" : ""}${leaf}`;
    row.number.textContent = line.n ?? String(line.order + 1);
    const state = line.by ? t("state_by", { state: t(`state_${line.state}`), who: nameOf(this.page, line.by) }) : t(`state_${line.state}`);
    const border = line.border === null ? "" : t("border_doubtful", { share: Math.round(100 * line.border) });
    row.number.setAttribute("aria-label", [nameOfLine(line), state, border].filter(Boolean).join(", "));
    row.number.title = border;
    row.state.textContent = SIGNS[line.state];
    row.state.title = state;
    const words = line.live.flatMap((token, at) => [at ? " " : "", this.word(line, token, at)]);
    if (!words.length) words.push(h("i", { class: "quiet" }, line.silence ? t(`silence_${line.silence}`) : "…"));
    row.words.replaceChildren(...words);
    const differs = line.machine && line.machine !== lineText(line.live) && line.state !== "draft";
    row.machine.replaceChildren(...(differs ? [h("span", { class: "quiet" }, `${t("machine")}: `), ...this.compared(line)] : []));
  }

  word(line, token, at) {
    const title = token.expan ? `${shown(token)} = ${token.expan}` : token.machine ? `${t("machine")}: ${token.machine}` : null;
    return h("span", { class: classOf(this.page, line, token), "data-at": at, title }, lettersOf(token, shown(token)),
      token.expan ? h("small", { class: "expanded" }, ` (${token.expan})`) : null);
  }

  compared(line) {
    return differences(line.machine, lineText(line.live)).filter(({ was }) => was !== null)
      .flatMap(({ was, now }) => [h("span", { class: was === now ? null : "differs" }, was), " "]);
  }

  /** Opens a line for work; `place`: a word, "start" or "end"; `asked` as Tab does. */
  open(line, place = "start", asked = false) {
    if (this.line !== line) {
      this.close();
      this.line = line;
      const row = this.rows.get(line.id);
      row.querySelector(".line-main").append(this.work);
      row.classList.add("now");
      for (const other of this.rows.values()) other.number.tabIndex = other === row ? 0 : -1;
      this.kind.value = line.kind;
      this.field.asked = null;
      this.field.painted = null;
      this.field.input.value = "";
      this.field.input.setAttribute("aria-label", t("line_field", { n: row.number.textContent }));
      this.field.show(line.live, (token) => classOf(this.page, line, token));
      this.strip.show(this.page, line, nameOfLine(line));
      this.tell();
    }
    if (typeof place === "number") this.field.choose(place, asked);
    else this.field.focus(place === "end");
    this.reveal();
  }

  reveal() {
    const row = this.rows.get(this.line.id);
    const room = this.list.getBoundingClientRect();
    const box = row.getBoundingClientRect();
    if (box.top < room.top + 40 || box.bottom > room.bottom - 60) {
      this.list.scrollTop += box.top - room.top - room.height * 0.22;
    }
  }

  close() {
    if (!this.line) return;
    const row = this.rows.get(this.line.id);
    const line = this.line;
    this.line = null;
    this.work.remove();
    if (row) {
      row.classList.remove("now");
      this.fill(row, line);
    }
  }

  /** Machine's reading and state of the line in work. */
  tell() {
    const line = this.line;
    const reading = line.machine ? this.compared(line) : [h("i", { class: "quiet" }, t("no_machine"))];
    const earlier = (line.earlier ?? []).filter(({ text }) => text && text !== line.machine)
      .map(({ resp, text }) => h("div", { class: "earlier" }, h("span", { class: "quiet" }, `${nameOf(this.page, resp)}: `), text));
    this.machine.replaceChildren(h("span", { class: "quiet" }, `${t("machine")}: `), ...reading, ...earlier);
    this.reopen.hidden = line.state === "draft";
    this.verify.hidden = line.state === "verified";
    this.ordinary.hidden = line.kind === "text" && !line.live.some((token) => haveMark(token, "del") || haveMark(token, "add"));
  }

  clicked(event) {
    const row = event.target.closest(".line");
    if (!row || event.target.closest(".work")) return;
    const word = event.target.closest("[data-at]");
    this.on.open(row.dataset.line, word ? Number(word.dataset.at) : null);
  }

  hovered(event) {
    if (event.target.closest(".work")) return;
    const row = event.target.closest(".line");
    const word = event.target.closest("[data-at]");
    this.on.over(row?.dataset.line ?? null, word ? Number(word.dataset.at) : null);
  }

  arrow(event) {
    if (!event.target.classList.contains("line-n") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const row = event.target.closest(".line");
    const next = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
    if (!next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.number.tabIndex = 0;
    next.number.focus();
  }

  /** Marks words that the mouse is over on the scan. */
  point(lineId, at) {
    for (const element of this.list.querySelectorAll(".pointed")) element.classList.remove("pointed");
    const row = lineId && this.rows.get(lineId);
    if (!row) return;
    row.classList.add("pointed");
    if (at === null) return;
    if (lineId === this.line?.id) this.strip.drawing.querySelector(`[data-at="${at}"]`)?.classList.add("pointed");
    else row.querySelector(`[data-at="${at}"]`)?.classList.add("pointed");
  }
}
