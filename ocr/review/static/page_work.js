// What a person does on a page: reading, correcting, accepting, marking, taking back.

import { afterFrame, announce } from "./dom.js";
import { machineOf } from "./dock.js";
import { keepTyped, leftTyped } from "./keep.js";
import { isDirty, isDoubtful, nextOpen } from "./model.js";
import { prefetch } from "./strip.js";
import { follow, forServer, lineText, placed, shown, wordingOf } from "./tokens.js";
import { number, t } from "./words.js";

const KEEP_MS = 250;
/** No version that the desk could have: of that from which a text was typed only the words are kept. */
const EARLIER = '"earlier"';
const AHEAD_MS = 400;

/** Work on one page. `desk` has saver, undo, text, scan, dock, notify(text), show(page). */
export class PageWork {
  constructor(desk, page) {
    this.desk = desk;
    this.page = page;
    this.around = afterFrame(() => {
      if (!this.line) return;
      desk.text.tell();
      this.mark();
    });
  }

  get line() {
    return this.desk.text.line;
  }

  byId(id) {
    return this.page.byId.get(id) ?? null;
  }

  /** Brings back texts that were typed and never sent; of a line that others changed since, a person chooses. */
  async takeUpTyped() {
    for (const [id, kept] of Object.entries(leftTyped(this.page.id))) {
      const line = this.byId(id);
      const same = line && kept && wordingOf(kept.tokens) === wordingOf(line.tokens);
      if (!kept || same) keepTyped(this.page.id, id, null);
      if (!kept || !line || same) continue;
      line.live = placed(line.tokens, kept.tokens);
      this.desk.text.refresh(line);
      if (wordingOf(kept.base) === wordingOf(line.tokens)) this.keep(line);
      else if (!(await this.sendOutdated(line, kept.base))) continue;
      this.desk.notify(t("found_unsaved", { when: new Date(kept.when).toLocaleString(document.documentElement.lang) }));
    }
  }

  /** Sends what was typed over an earlier version of a line: the desk answers with the merge. */
  sendOutdated(line, base) {
    this.desk.saver.knows(this.page.id, EARLIER);
    return this.send([this.correction(line)], [line], { [line.id]: base });
  }

  /** Opens a line; what was typed in the one before is saved. */
  open(line, place = "start", asked = false) {
    if (!line) return;
    if (this.line && this.line !== line) this.saveTyped(this.line);
    if (this.line !== line) this.desk.undo.pause();
    this.desk.text.open(line, place, asked);
    this.desk.scan.goTo(line);
    this.desk.scan.point(null);
    this.mark();
    this.desk.address(line);
    // the next picture can wait until this line is saved and seen
    clearTimeout(this.ahead);
    this.ahead = setTimeout(() => prefetch(this.page, nextOpen(this.page, line), this.desk.text.strip), AHEAD_MS);
  }

  /** The text in the field changed. */
  typed(text) {
    const { line } = this;
    const after = follow(line.live, text);
    if (wordingOf(after) === wordingOf(line.live)) this.desk.text.field.paint();
    else this.retyped(line, after);
  }

  /** The line says something else now, and undo brings back what it said. */
  retyped(line, tokens) {
    this.desk.undo.typed(this.page.id, line, line.live, tokens, (id, wanted) => this.desk.work.put(id, wanted));
    this.change(line, tokens);
  }

  /** The line says something else now; the desk hears of it when the line is left or accepted. */
  change(line, tokens) {
    line.live = tokens;
    this.desk.text.field.show(tokens, this.classes(line));
    this.around();
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(line), KEEP_MS);
  }

  keep(line) {
    keepTyped(this.page.id, line.id, isDirty(line) ? { tokens: forServer(line.live), base: forServer(line.tokens), when: Date.now() } : null);
  }

  classes(line) {
    return this.desk.classes(this.page, line);
  }

  /** Places on the scan and the strip, and the word in the dock. */
  mark() {
    const { line } = this;
    if (!line) return;
    const { field, strip } = this.desk.text;
    this.desk.scan.mark(line, line.live, this.classes(line), field.current);
    strip.mark(line.live, this.classes(line), field.current);
    const token = line.live[field.current];
    const letters = field.chosenLetters();
    this.desk.dock.show(token ? { page: this.page, line, token, letters, asked: field.asked !== null } : null);
  }

  /** Saves what was typed, without accepting it; the promise says whether it was. */
  saveTyped(line) {
    return isDirty(line) ? this.send([this.correction(line)], [line]) : Promise.resolve(true);
  }

  correction(line) {
    return { change: "CorrectLine", line: line.id, tokens: forServer(placed(line.tokens, line.live)) };
  }

  /** `base`: the tokens of each line that the changes were made from. */
  send(changes, lines = [], base = Object.fromEntries(lines.map((line) => [line.id, line.tokens]))) {
    clearTimeout(this.keeping);
    for (const line of lines) {
      // as the desk will have it; when it does not, the saver says so and keeps the change
      line.tokens = line.live;
    }
    const sent = this.desk.saver.send(this.page.id, changes, base);
    for (const line of lines) keepTyped(this.page.id, line.id, null);
    return sent;
  }

  /** Accepts the line in work, and goes on to the next open one. */
  accept(state = "corrected") {
    const { line } = this;
    if (!line) return;
    const was = line.state;
    const changes = isDirty(line) ? [this.correction(line)] : [];
    // what was verified stays so when it is only passed over
    if (was === "verified" && !changes.length) state = "verified";
    if (was !== state) changes.push({ change: "AcceptLine", line: line.id, state });
    if (changes.length) {
      if (was !== state) this.stated([line], [was], state, "what_state");
      this.setState(line, state);
      this.send(changes, [line]);
    }
    const next = nextOpen(this.page, line);
    if (next) this.open(next, this.firstDoubt(next), this.hasDoubt(next));
    else {
      this.desk.text.refresh(line);
      this.desk.pageEnd();
    }
    this.desk.progress();
  }

  hasDoubt(line) {
    return line.live.some((token) => isDoubtful(this.page, line, token));
  }

  firstDoubt(line) {
    const at = line.live.findIndex((token) => isDoubtful(this.page, line, token));
    return at < 0 ? "start" : at;
  }

  setState(line, state) {
    line.state = state;
    line.by = null;
    this.desk.text.refresh(line);
  }

  /** An entry to undo: these lines went from these states to another one. */
  stated(lines, before, after, what) {
    const ids = lines.map((line) => line.id);
    const set = (states) => {
      const { work } = this.desk;
      const changes = [];
      ids.forEach((id, at) => {
        const line = work.byId(id);
        if (!line) return;
        changes.push({ change: "AcceptLine", line: id, state: states[at] });
        work.setState(line, states[at]);
      });
      work.send(changes, ids.map((id) => work.byId(id)).filter(Boolean));
      if (ids.length === 1) work.open(work.byId(ids[0]), "end");
      this.desk.progress();
    };
    this.desk.undo.push({
      page: this.page.id, line: ids[0], n: lines.length === 1 ? this.nameOfLine(lines[0]) : `${lines.length}×`, what,
      back: () => set(before), forth: () => set(ids.map(() => after)),
    });
  }

  nameOfLine(line) {
    return line.n ?? String(line.order + 1);
  }

  reopen() {
    const { line } = this;
    if (!line || line.state === "draft") return;
    this.stated([line], [line.state], "draft", "what_state");
    this.setState(line, "draft");
    this.send([{ change: "AcceptLine", line: line.id, state: "draft" }], [line]);
    this.mark();
    this.desk.progress();
  }

  /** As good as its lines: corrected or verified; null while one is open. */
  get stateOfLines() {
    const lines = this.page.lines.filter((line) => line.state !== "draft" || line.silence !== "blank");
    if (!lines.length || lines.some((line) => line.state === "draft")) return null;
    return lines.every((line) => line.state === "verified") ? "verified" : "corrected";
  }

  /** The page is as good as its lines. */
  pageDone() {
    const state = this.stateOfLines;
    if (state) return this.setPageState(state);
    const open = nextOpen(this.page, this.line);
    if (open) this.open(open, this.firstDoubt(open), this.hasDoubt(open));
    return this.desk.notify(t("page_open"));
  }

  setPageState(state) {
    const before = this.page.state;
    const set = (value) => {
      const { work } = this.desk;
      work.page.state = value;
      work.send([{ change: "SetPageState", state: value }]);
      this.desk.progress();
    };
    this.desk.undo.push({ page: this.page.id, line: null, n: "", what: "what_page", back: () => set(before), forth: () => set(state) });
    set(state);
  }

  /** The next doubtful word, over the lines of the page; gives false when there is none. */
  doubt(step) {
    const { line } = this;
    const { field } = this.desk.text;
    const at = this.page.lines.indexOf(line);
    const places = [];
    this.page.lines.forEach((other, row) => other.live.forEach((token, word) => isDoubtful(this.page, other, token) && places.push([row, word])));
    const [row, word] = [at, field.asked ?? field.current ?? -1];
    const fresh = field.asked === null && step > 0; // the word the cursor stands in counts, too
    const later = ([r, w]) => r > row || (r === row && (fresh ? w >= word : w > word));
    const sooner = ([r, w]) => r < row || (r === row && w < word);
    const place = step > 0 ? places.find(later) : places.findLast(sooner);
    if (!place) {
      announce(t("doubtful_none"));
      this.desk.notify(t("doubtful_none"));
      return false;
    }
    this.open(this.page.lines[place[0]], place[1], true);
    return true;
  }

  step(by) {
    const next = this.page.lines[this.page.lines.indexOf(this.line) + by];
    if (next) this.open(next, by > 0 ? "start" : "end");
  }

  /** A digit on a word that Tab chose: its reading of that number. Without one the word stays as it is. */
  digit(number) {
    const done = number === 0 ? this.machine() : this.rival(number - 1);
    if (!done) {
      announce(t("no_rival_n", { n: number }));
      this.desk.notify(t("no_rival_n", { n: number }));
    }
  }

  /** Another reading of the word at the cursor. */
  rival(index) {
    const { field } = this.desk.text;
    return this.swap(field.current, this.line?.live[field.current]?.rivals[index]?.text);
  }

  machine() {
    const { field } = this.desk.text;
    const token = this.line?.live[field.current];
    return this.swap(field.current, token && machineOf(this.line, token));
  }

  swap(word, text) {
    if (!text) return false;
    if (shown(this.line.live[word]) === text) return true;
    this.desk.undo.pause();
    this.desk.text.field.replace(word, text);
    this.desk.undo.pause();
    return true;
  }

  /** The word is right as the machine read it. */
  right() {
    const { line } = this;
    const { field } = this.desk.text;
    const token = line?.live[field.current];
    if (!token) return;
    const asked = field.asked !== null;
    const settle = (yes) => {
      const { work } = this.desk;
      const now = work.byId(line.id);
      if (now && token.id) work.send([{ change: "AcceptWords", ids: [token.id], accepted: yes }]);
    };
    if (token.id && !token.by && wordingOf([token]) === wordingOf([line.tokens.find(({ id }) => id === token.id) ?? token])) {
      this.desk.undo.push({ page: this.page.id, line: line.id, n: this.nameOfLine(line), what: "what_words", back: () => settle(false), forth: () => settle(true) });
      line.live = line.live.map((other) => (other === token ? { ...other, by: "me" } : other));
      line.tokens = line.tokens.map((other) => (other.id === token.id ? { ...other, by: "me" } : other));
      settle(true);
      this.desk.text.refresh(line);
    }
    if (asked && this.doubtInLine(line)) return;
    field.choose(field.current, false);
  }

  doubtInLine(line) {
    const at = line.live.findIndex((token, word) => word > this.desk.text.field.current && isDoubtful(this.page, line, token));
    if (at >= 0) this.open(line, at, true);
    return at >= 0;
  }

  /** Brings a text back into a line, as undo does, and saves it; the next undo need not wait for that. */
  put(id, tokens) {
    const line = this.byId(id);
    if (!line) return;
    line.live = placed(line.tokens, tokens);
    if (wordingOf(line.live) === wordingOf(line.tokens)) line.live = line.tokens;
    if (this.line === line) this.desk.text.refresh(line);
    this.open(line, "end");
    this.desk.text.refresh(line);
    this.keep(line);
    this.saved = this.saveTyped(line);
    this.mark();
  }

  /** The line shall say this; undo brings back what it says now. The promise says whether it was saved. */
  say(line, tokens) {
    const before = line.live;
    const put = (wanted) => this.desk.work.put(line.id, wanted);
    this.desk.undo.push({ page: this.page.id, line: line.id, n: this.nameOfLine(line), what: "what_text", back: () => put(before), forth: () => put(tokens) });
    put(tokens);
    return this.desk.work.saved;
  }

  /** The line's text, for those who listen. */
  spoken(line) {
    return line.live.map(shown).join(" ") || lineText(line.tokens);
  }

  tally() {
    const done = this.page.lines.filter((line) => line.state !== "draft").length;
    return t("lines_done", { done: number(done), n: this.page.lines.length });
  }
}
