// Sends changes one after the other, each with the ETag of the page it was made from, until the desk has them.

import { keepChanges, leftChanges } from "./keep.js";
import { forServer, placed, wordingOf } from "./tokens.js";
import { Trouble, postChanges } from "./wire.js";

const WAITS_MS = [1000, 2000, 4000, 8000, 15000, 30000];
/** Statuses that go away by themselves or when somebody clears the way. */
const PASSING = new Set([0, 423, 500, 502, 503, 507]);

/** `on.status(saver)` after every step; `on.saved(pid)` when the desk has a job on its disk;
 *  `on.page(pid, value)` when a page turns out to be another now;
 *  `on.clash(line, merge)` gives a promise of tokens, or null to drop the change;
 *  `on.gone(change)` when its line is no longer there. */
export class Saver {
  constructor(on, who) {
    this.on = on;
    this.who = who;
    this.jobs = [];
    this.asked = 0;
    this.etags = new Map();
    this.trouble = null;
    this.busy = false;
    this.keeps = true;
    this.tries = 0;
    setInterval(() => this.jobs.length && this.keep(), 4000);
  }

  /** Takes up what was left unsaved the last time. */
  restore() {
    const left = leftChanges();
    // made from the page as it was then: what others wrote since must be met as such, not written over
    for (const job of [...left].reverse()) this.etags.set(job.page, job.etag);
    this.jobs.unshift(...left);
    this.keep();
    this.run();
  }

  knows(page, etag) {
    this.etags.set(page, etag);
  }

  get waiting() {
    return this.jobs.length;
  }

  /** Has the desk all that a person did? Also not while something asked for has yet to become a change. */
  get settled() {
    return !this.jobs.length && !this.asked;
  }

  /** Counts what was asked for as not saved until the promise is settled, which it gives back. */
  asks(promise) {
    const over = () => {
      this.asked -= 1;
      this.on.status(this);
    };
    this.asked += 1;
    this.on.status(this);
    promise.then(over, over);
    return promise;
  }

  /** Are changes of that page on their way? */
  holds(page) {
    return this.jobs.some((job) => job.page === page);
  }

  /** Sends changes of a page; the promise says whether they were saved. `base`: {line id: tokens} they were made from. */
  send(page, changes, base = {}) {
    return new Promise((done) => {
      this.jobs.push({ page, changes, base, etag: this.etags.get(page) ?? "", by: this.who(), when: Date.now() });
      Object.defineProperty(this.jobs.at(-1), "done", { value: done, enumerable: false });
      this.keep();
      this.run();
    });
  }

  keep() {
    this.keeps = keepChanges(this.jobs);
  }

  again() {
    clearTimeout(this.timer);
    this.trouble = null;
    this.run();
  }

  /** Gives up the change that cannot be saved. */
  drop() {
    const job = this.jobs.shift();
    job?.done?.(false);
    this.trouble = null;
    this.keep();
    this.run();
    return job;
  }

  async run() {
    if (this.busy || this.trouble) return;
    this.busy = true;
    while (this.jobs.length && !this.trouble) {
      this.on.status(this);
      await this.step(this.jobs[0]);
    }
    this.busy = false;
    this.on.status(this);
  }

  async step(job) {
    const etag = this.etags.get(job.page) ?? job.etag;
    try {
      this.finish(job, await postChanges(job.page, { changes: job.changes, base: this.base(job), by: job.by }, etag));
    } catch (trouble) {
      await this.meet(job, trouble);
    }
  }

  /** What could not be saved as it was; whatever goes wrong, the change is kept and the page says so. */
  async meet(job, trouble) {
    try {
      if (trouble.status === 412 && trouble.body?.page) await this.rebase(job, trouble.body);
      else this.fail(trouble instanceof Trouble ? trouble : new Trouble(500, String(trouble)));
    } catch (other) {
      this.fail(new Trouble(500, String(other)));
    }
  }

  base(job) {
    return Object.fromEntries(Object.entries(job.base).map(([id, tokens]) => [id, forServer(tokens)]));
  }

  finish(job, etag) {
    this.jobs.shift();
    this.tries = 0;
    this.knows(job.page, etag);
    this.keep();
    this.on.saved(job.page);
    job.done?.(true);
  }

  fail(trouble) {
    this.trouble = trouble;
    if (PASSING.has(trouble.status)) {
      const wait = WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)];
      this.tries += 1;
      this.timer = setTimeout(() => this.again(), wait);
    }
  }

  /** The page changed meanwhile: the job is made anew on what it says now, line by line; `merge`: three readings of each
   *  line, brought together by the desk. */
  async rebase(job, { page: present, merge }) {
    const lines = new Map(present.lines.map((line) => [line.id, line]));
    const changes = [];
    const settled = new Map();
    for (const change of job.changes) {
      const line = lines.get(change.line);
      if ("line" in change && !line) {
        this.on.gone(change);
        continue;
      }
      const base = job.base[change.line];
      const wanted = change.change === "CorrectLine" ? change.tokens : base;
      if (!line || !base || !wanted || settled.get(change.line) === true) {
        changes.push(change);
        continue;
      }
      if (settled.get(change.line) === false) continue;
      const now = wordingOf(line.tokens);
      if (now === wordingOf(base)) {
        changes.push(change.change === "CorrectLine" ? { ...change, tokens: forServer(placed(line.tokens, wanted)) } : change);
      } else if (now === wordingOf(wanted)) {
        if (change.change !== "CorrectLine") changes.push(change);
      } else {
        const tokens = await this.on.clash(line, merge[line.id]);
        settled.set(change.line, tokens !== null);
        if (tokens === null) continue;
        if (wordingOf(tokens) !== now) changes.push({ change: "CorrectLine", line: line.id, tokens: forServer(placed(line.tokens, tokens)) });
        if (change.change !== "CorrectLine") changes.push(change);
      }
      job.base[change.line] = line.tokens;
    }
    job.changes = changes;
    this.knows(job.page, present.etag);
    this.on.page(job.page, present);
    if (changes.length) this.keep();
    else this.finish(job, present.etag);
  }
}
