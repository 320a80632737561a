// Undo and redo across the whole session, over all pages opened.

const BURST_MS = 1500;

/** Each entry: {page, line, what, back(), forth()}; what they do is saved like any other change. */
export class Undo {
  constructor(changed) {
    this.entries = [];
    this.at = 0;
    this.changed = changed;
  }

  push(entry) {
    this.entries.length = this.at;
    this.entries.push(entry);
    this.at = this.entries.length;
    this.changed(this);
  }

  /** Text typed: one burst of typing in one line is one entry. `put(line, tokens)` brings a text back. */
  typed(page, line, before, after, put) {
    const last = this.entries[this.at - 1];
    const goes = last && this.at === this.entries.length && last.typing && last.page === page &&
      last.line === line.id && Date.now() - last.when < BURST_MS && Math.abs(after.length - last.words) === 0;
    if (goes) {
      last.after = after;
      last.when = Date.now();
      return;
    }
    const entry = { page, line: line.id, n: line.n, what: "what_text", typing: true, when: Date.now(), before, after, words: after.length };
    entry.back = () => put(entry.line, entry.before);
    entry.forth = () => put(entry.line, entry.after);
    this.push(entry);
  }

  /** What is typed from now on is another entry. */
  pause() {
    const last = this.entries[this.at - 1];
    if (last) last.typing = false;
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.entries.length;
  }

  /** The entry to take back, already counted as taken; null when there is none. */
  stepBack() {
    if (!this.canUndo) return null;
    this.pause();
    this.at -= 1;
    this.changed(this);
    return this.entries[this.at];
  }

  stepForth() {
    if (!this.canRedo) return null;
    this.at += 1;
    this.changed(this);
    return this.entries[this.at - 1];
  }
}
