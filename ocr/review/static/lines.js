// Lines mended as lines: split, joined, added, taken away, moved, drawn anew, read again, returned to.

import { h } from "./dom.js";
import { neighbour } from "./model.js";
import { chooseWords, openWindow, showHistory } from "./windows.js";
import { wordingOf } from "./tokens.js";
import { get, post } from "./wire.js";
import { t } from "./words.js";

const ENGINES = ["auto", "cursive", "tesseract"];

/** Where a line below another is likely to be: half-way to the next one. */
function below(line, next) {
  const [left, top, right, bottom] = line.box;
  const height = bottom - top;
  const gap = next?.box && next.region === line.region && next.box[1] > top ? (next.box[1] - top) / 2 : height;
  const drop = Math.max(gap, height * 0.4);
  return [left, top + drop, right, bottom + drop];
}

/** On a leaf without lines: across its middle. */
function across([left, top, right, bottom]) {
  const [wide, tall] = [(right - left) / 10, (bottom - top) / 30];
  const middle = (top + bottom) / 2;
  return [left + wide, middle - tall, right - wide, middle + tall];
}

/** Work on the lines of the page that `desk.work` is about. */
export class LineWork {
  constructor(desk) {
    this.desk = desk;
  }

  get page() {
    return this.desk.work.page;
  }

  get line() {
    return this.desk.work.line;
  }

  /** Sends changes of shape; gives the ids of lines that are new, or null when they could not be made. `page`: that they
   *  are of, when another may have been opened since. */
  async change(changes, line, page = this.page) {
    const before = new Set(page.byId.keys());
    if (this.line) this.desk.work.saveTyped(this.line);
    if (!(await this.desk.saver.send(page.id, changes, line ? { [line.id]: line.tokens } : {}))) return null;
    await (this.desk.refreshing ?? this.desk.refresh());
    // a page that was left is not told anew
    const ids = this.desk.work?.page === page ? [...page.byId.keys()] : (await get(`/api/pages/${encodeURIComponent(page.id)}`)).lines.map((each) => each.id);
    return ids.filter((id) => !before.has(id));
  }

  /** The page that is open now, for what comes after a wait: `open` opens lines of it if it is still there, `act` does
   *  something to it that can be taken back. */
  get here() {
    const { page } = this;
    return {
      open: (id) => this.isOpen(page) && this.desk.open(id),
      act: (line, forth, back) => this.act(page, line, forth, back),
    };
  }

  /** Does what `forth` does; an entry to undo is made once that is saved, and only then. Both give promises, `forth` of
   *  something true if it was done; gives that. */
  async act(page, line, forth, back) {
    const done = await forth();
    if (done) this.desk.undo.push({ page: page.id, line: line?.id ?? null, n: line?.n ?? "", what: "what_shape", back, forth });
    return done;
  }

  isOpen(page) {
    return this.desk.work?.page.id === page.id;
  }

  shapes(line) {
    const out = [];
    if (line.outline) out.push({ change: "RedrawOutline", line: line.id, points: line.outline });
    if (line.baseline?.length > 1) out.push({ change: "MoveBaseline", line: line.id, points: line.baseline });
    return out;
  }

  /** Splits the line in work before the word at the cursor. */
  async split() {
    const { here, line } = this;
    const { field } = this.desk.text;
    if (!line) return;
    const place = field.input.selectionStart;
    const count = field.text.slice(0, place).split(/\s+/u).filter(Boolean).length;
    const inWord = place > 0 && /\S/u.test(field.text[place - 1] ?? "") && /\S/u.test(field.text[place] ?? "");
    const at = Math.min(Math.max(count - (inWord ? 1 : 0), 1), line.live.length - 1);
    if (line.live.length < 2) return void this.desk.notify(t("split_two"));
    const shapes = this.shapes(line);
    let made = null;
    const forth = async () => {
      made = (await this.change([{ change: "SplitLine", line: line.id, at }], line))?.[0] ?? null;
      if (made) here.open(made);
      return made;
    };
    const back = async () => {
      if (made) await this.change([{ change: "MergeLines", line: line.id, other: made }, ...shapes], line);
      here.open(line.id);
    };
    await here.act(line, forth, back);
  }

  /** Joins the line in work with the one above. */
  async join() {
    const { here, line } = this;
    const above = line && neighbour(this.page, line, -1);
    if (!above || above.region !== line.region) return void this.desk.notify(t("no_line_above"));
    const shapes = this.shapes(above);
    const lower = this.shapes(line);
    let at = above.live.length;
    let other = line.id;
    const forth = async () => {
      at = this.page.byId.get(above.id)?.live.length ?? at;
      const done = await this.change([{ change: "MergeLines", line: above.id, other }], above);
      if (done) here.open(above.id);
      return done;
    };
    const back = async () => {
      const { page } = this;
      const [made] = (await this.change([{ change: "SplitLine", line: above.id, at }], above)) ?? [];
      if (!made) return;
      other = made;
      await this.change([...shapes, ...lower.map((shape) => ({ ...shape, line: made }))], null, page);
      here.open(made);
    };
    await here.act(line, forth, back);
  }

  /** A line that was forgotten, laid below the line in work; its shape is then drawn. */
  async add() {
    const { page } = this;
    const line = this.line ?? page.lines.at(-1);
    const box = line ? line.box && below(line, neighbour(page, line, 1)) : page.surfaces[0]?.box && across(page.surfaces[0].box);
    if (box) await this.lay(line, line ? line.region : page.surfaces[0]?.id, box);
  }

  /** A line where the page has ink that nobody read, behind the last line that stands higher on the leaf. */
  async addAt(id) {
    const place = this.page.unread.find((spot) => spot.id === id);
    if (!place) return;
    const beside = this.page.lines.filter(({ surface, box }) => surface === place.surface && box);
    const middle = ([, top, , bottom]) => (top + bottom) / 2;
    const line = beside.findLast(({ box }) => middle(box) <= middle(place.box)) ?? null;
    await this.lay(line, (line ?? beside[0])?.region ?? place.surface, place.box, place.outline);
  }

  async lay(line, region, [left, top, right, bottom], drawn = null) {
    const { here, page } = this;
    if (!region) return;
    const base = top + (bottom - top) * 0.72;
    const outline = drawn ?? [[left, top], [right, top], [right, bottom], [left, bottom]];
    const about = { change: "AddLine", region, after: line?.id ?? null, outline, baseline: [[left, base], [right, base]], kind: "text", text: "" };
    let made = null;
    const forth = async () => {
      made = (await this.change([about]))?.[0] ?? null;
      if (made) here.open(made);
      return made;
    };
    const back = async () => {
      await this.change([{ change: "RemoveLine", line: made }]);
      if (line) here.open(line.id);
    };
    if (!(await here.act(line, forth, back)) || !this.isOpen(page)) return;
    this.desk.shape.start(page.byId.get(made));
    this.desk.notify(t("add_say"));
  }

  /** Takes the line in work out of the text; undo, or the list below the lines, brings it back. */
  async remove() {
    const { here, line, page } = this;
    if (!line) return;
    const above = neighbour(page, line, -1);
    const beside = neighbour(page, line, 1) ?? above;
    const after = above?.region === line.region ? above.id : null;
    const { id, region, outline, baseline, kind } = line;
    let now = id;
    const forth = async () => {
      const done = await this.change([{ change: "RemoveLine", line: now }], line);
      if (done && beside) here.open(beside.id);
      return done;
    };
    const back = async () => {
      if (this.page.removed.some((gone) => gone.id === now)) return this.bringBack(now, after);
      // a line without words that a person had put in went without a trace
      now = (await this.change([{ change: "AddLine", region, after, outline, baseline, kind, text: "" }]))?.[0] ?? now;
      return here.open(now);
    };
    await here.act(line, forth, back);
  }

  async bringBack(id, after = null) {
    const { here } = this;
    const done = await this.change([{ change: "RestoreLine", line: id, after }]);
    here.open(id);
    return done;
  }

  /** As bringBack, by a button: it can be taken back. */
  async restore(id) {
    await this.here.act({ id }, () => this.bringBack(id), () => this.change([{ change: "RemoveLine", line: id }]));
  }

  async setKind(kind) {
    const { here, line } = this;
    if (!line || line.kind === kind) return;
    const before = line.kind;
    const set = (value) => this.change([{ change: "SetKind", line: line.id, kind: value }], line);
    await here.act(line, () => set(kind), () => set(before));
  }

  /** The line's shape was drawn: `after` makes it so, `before` as it was. */
  draw({ line, after, before }) {
    return this.here.act(line, () => this.change(after, line), () => this.change(before, line));
  }

  /** Moves the line up or down among the lines of its region. */
  async move(step) {
    const { here, line } = this;
    const order = this.page.lines.filter(({ region }) => region === line?.region).map(({ id }) => id);
    const at = order.indexOf(line?.id);
    if (at < 0 || at + step < 0 || at + step >= order.length) return;
    const before = [...order];
    order.splice(at, 1);
    order.splice(at + step, 0, line.id);
    const set = async (lines) => {
      const done = await this.change([{ change: "Reorder", region: line.region, lines }]);
      here.open(line.id);
      return done;
    };
    await here.act(line, () => set(order), () => set(before));
  }

  async reread() {
    const { here, line, page } = this;
    if (!line) return;
    const engine = await openWindow(t("reread"), (close) => h("div", { class: "tools" }, ENGINES.map((name, at) =>
      h("button", { type: "button", class: `tool${at ? "" : " primary"}`, autofocus: at === 0, onclick: () => close(name) }, t("reread_with", { engine: name })))), [], true);
    if (!engine) return;
    this.desk.work.saveTyped(line);
    this.desk.notify(t("rereading"));
    const read = await this.desk.saver.asks(this.desk.asked(() => post(`/api/pages/${page.id}/reread`, { line: line.id, engine })));
    if (!read) return;
    if (!this.isOpen(page)) return void this.desk.notify(t("page_left")); // its lines have the ids of others here
    this.desk.work.saveTyped(line); // also what was typed meanwhile comes back by undo
    const before = line.tokens;
    const back = () => this.desk.work.put(line.id, before);
    const forth = async () => (await this.change([read.change], line)) && wordingOf(before) !== wordingOf(line.tokens);
    await here.act(line, forth, back);
    this.desk.notify(t("reread_done"));
    here.open(line.id);
  }

  async history() {
    const { here, line, page } = this;
    if (!line) return;
    const past = await this.desk.asked(() => get(`/api/pages/${page.id}/history/${encodeURIComponent(line.id)}`));
    if (!past) return;
    const index = await showHistory(page, line, past);
    if (!this.isOpen(page)) return void this.desk.notify(t("page_left"));
    if (index === null) return here.open(line.id);
    this.desk.work.say(line, past[index].tokens);
    this.desk.notify(t("returned"));
    return undefined;
  }

  /** Two transcriptions of the page beside each other; the choices are saved. */
  async compare() {
    const { page } = this;
    const names = this.desk.others;
    const which = names.length < 2 ? 0 : await openWindow(t("compare"), (close) => h("div", { class: "tools" }, names.map((name, at) =>
      h("button", { type: "button", class: `tool${at ? "" : " primary"}`, autofocus: at === 0, onclick: () => close(at) }, name))), [], true);
    if (which === null) return;
    const comparison = await this.desk.asked(() => get(`/api/pages/${page.id}/compare?other=${which}`));
    if (!comparison) return;
    if (!this.isOpen(page)) return void this.desk.notify(t("page_left"));
    const slots = comparison.lines.flatMap(({ line: id, pairs }) => {
      const line = id && page.byId.get(id);
      return line ? pairs.map(({ same, ours, theirs }) => ({ line, ours, theirs, pick: "ours", clash: !same })) : [];
    });
    const count = slots.filter((slot) => slot.clash).length;
    const title = t("compare_with", { name: comparison.other });
    if (!count) return void openWindow(title, h("p", {}, t("compare_same")), [], true);
    const open = slots.filter((slot) => slot.clash);
    const done = await chooseWords(title, t("compare_counts", { n: count }), open, { ours: t("ours"), theirs: `${t("theirs")}: ${comparison.other}` }, [], t("adjudicate"));
    if (!done) return;
    const lines = new Map();
    for (const slot of slots) {
      if (!lines.has(slot.line)) lines.set(slot.line, []);
      const tokens = slot[slot.pick].map((token, at) => (slot.pick === "ours" ? token : { ...token, id: slot.ours[at]?.id ?? null }));
      lines.get(slot.line).push(...tokens);
    }
    for (const [line, tokens] of lines) {
      if (wordingOf(tokens) !== wordingOf(line.live)) this.desk.work.say(line, tokens);
    }
  }
}
