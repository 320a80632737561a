// The desk: opens pages, listens to keys and buttons, and tells what is saved and what is not.

import { IN_TURN, OF_ANY_PAGE, actsOf } from "./acts.js";
import { Conflicts } from "./conflicts.js";
import { $, announce, h } from "./dom.js";
import { Dock } from "./dock.js";
import { showFront } from "./front.js";
import { Lead, keysOf, pressed } from "./keys.js";
import { LineWork } from "./lines.js";
import { chosen, onLook, restoreLook } from "./look.js";
import { makePage, receive } from "./model.js";
import { Notices } from "./notices.js";
import { Saver } from "./saver.js";
import { setScheme } from "./scheme.js";
import { ScanView } from "./scan.js";
import { showSearch, startSearch } from "./search.js";
import { Shape } from "./shape.js";
import { PageWork } from "./page_work.js";
import { startSplitter } from "./splitter.js";
import { TextPane, classOf } from "./text.js";
import { shown } from "./tokens.js";
import { Undo } from "./undo.js";
import { mergeWindow, showLook } from "./windows.js";
import { Trouble, get } from "./wire.js";
import { nameOfLine, spell, t } from "./words.js";

class Desk {
  constructor() {
    this.me = "";
    this.others = [];
    this.work = null;
    this.undo = new Undo((undo) => this.undoChanged(undo));
    this.saver = new Saver({
      status: () => this.notices.status(),
      saved: (pid) => this.work?.page.id === pid && this.refresh(),
      page: (pid, value) => this.work?.page.id === pid && this.received(value),
      clash: mergeWindow,
      gone: (change) => this.notices.warn(t("gone_line", { n: change.line, text: (change.tokens ?? []).map(shown).join(" ") })),
    }, () => chosen().name || this.me);
    this.notices = new Notices(this.saver, () => this.throwAway());
    this.text = new TextPane((name, value) => this.act(name, value), {
      typed: (text) => this.work?.typed(text),
      moved: () => this.work?.mark(),
      digit: (number) => this.act("digit", number),
      over: (line, at) => this.pointAt(line, at),
      open: (line, at) => this.work?.open(this.work.byId(line), at ?? "start"),
    });
    this.scan = new ScanView({
      place: (line, at) => this.work?.open(this.work.byId(line), at ?? "start"),
      over: (line, at) => this.text.point(line, at),
    });
    this.dock = new Dock((name, value) => this.act(name, value));
    this.lineWork = new LineWork(this);
    this.turns = Promise.resolve();
    this.textsTold = new Set();
    this.conflicts = new Conflicts(this);
    this.shape = new Shape(this);
    this.lead = new Lead($("text"));
  }

  classes(page, line) {
    return (token) => classOf(page, line, token);
  }

  act(name, value) {
    if (!this.work && name !== "keys") return undefined;
    if (!IN_TURN.has(name)) return actsOf(this)[name]?.(value);
    const { work } = this;
    // who presses two of these quickly means the second of what the first makes, but of the page that was open
    const run = () => {
      if (this.work === work || (this.work && OF_ANY_PAGE.has(name))) return actsOf(this)[name](value);
      return this.notify(t("page_left"));
    };
    this.turns = this.saver.asks(this.turns.then(run, run));
    return this.turns;
  }

  async start() {
    restoreLook();
    this.spell();
    onLook((name) => this.looked(name));
    this.buttons();
    startSplitter();
    startSearch();
    document.addEventListener("keydown", (event) => pressed(this, event));
    window.addEventListener("hashchange", () => this.route());
    window.addEventListener("beforeunload", (event) => !this.saver.settled && event.preventDefault());
    document.addEventListener("visibilitychange", () => document.hidden && this.work?.line && this.work.saveTyped(this.work.line));
    await this.route();
    this.saver.restore();
  }

  /** What the desk says of itself: asked for once, before anything is shown; its notebooks, which take longer, are not. */
  get met() {
    this.meeting ??= get("/api/scheme").then((scheme) => this.meet(scheme)).catch((trouble) => {
      this.meeting = null; // whoever comes next asks again
      throw trouble;
    });
    return this.meeting;
  }

  meet(scheme) {
    setScheme(scheme);
    this.me = scheme.me.name;
    this.others = scheme.others;
    $("compare").hidden = !this.others.length;
  }

  /** Shows what the address asks for: the desk, the hits of a search, a page, a line of a page, a word of it. */
  async route() {
    const [, what, pid, line, word] = /^#\/(page)\/([^/]+)(?:\/([^/]+)(?:\/(\d+))?)?$/u.exec(location.hash) ?? [];
    const [, query] = /^#\/search\/(.+)$/u.exec(location.hash) ?? [];
    try {
      if (!what) await this.showDesk(query ? decodeURIComponent(query) : "");
      else if (this.work?.page.id !== pid) await this.openPage(pid, line && decodeURIComponent(line));
      else if (line) this.open(decodeURIComponent(line));
      if (word) this.toWord(Number(word));
    } catch (trouble) {
      this.failed(trouble);
    }
  }

  /** Goes to the n-th word of the line in work; what cannot be read is no word. */
  toWord(nth) {
    const { line } = this.text;
    const words = line?.live.flatMap((token, at) => (token.gap ? [] : [at])) ?? [];
    if (words.length >= nth) this.work.open(line, words[nth - 1], true);
  }

  async showDesk(query) {
    const [desk] = await Promise.all([get("/api/desk"), this.met]);
    this.leavePage();
    $("page").hidden = $("where").hidden = $("page-tools").hidden = true;
    $("front").hidden = false;
    document.title = `tetradi: ${t("desk")}`;
    await Promise.all([showFront(desk, () => !this.work), showSearch(query)]);
  }

  leavePage() {
    if (this.work?.line) this.work.saveTyped(this.work.line);
    this.shape.stop(false);
    this.text.close();
    this.lead.close();
    this.work = null;
  }

  async openPage(pid, lineId = null) {
    this.leavePage();
    // the desk begins to read the scan while it tells the page
    const sizes = get(`/tiles/${encodeURIComponent(pid)}.json`).catch(() => null);
    const [value] = await Promise.all([get(`/api/pages/${encodeURIComponent(pid)}`), this.met]);
    const page = makePage(value);
    page.people.me = chosen().name || this.me;
    if (!this.saver.holds(pid)) this.saver.knows(pid, page.etag);
    $("front").hidden = true;
    $("page").hidden = $("where").hidden = $("page-tools").hidden = false;
    this.work = new PageWork(this, page);
    $("page-name").textContent = page.name;
    document.title = `${page.name} · tetradi`;
    this.scan.open(page, sizes).catch((trouble) => this.failed(trouble));
    this.dock.build();
    this.text.show(page);
    this.work.takeUpTyped();
    const line = (lineId && this.work.byId(lineId)) || page.lines.find(({ state }) => state === "draft") || page.lines[0];
    if (line) this.work.open(line, this.work.firstDoubt(line), this.work.hasDoubt(line));
    this.progress();
    performance.mark("page-usable");
    this.conflicts.tell(page);
    if (page.state === "draft" && this.work.stateOfLines) this.pageEnd();
  }

  open(id) {
    const line = this.work?.byId(id);
    if (line) this.work.open(line, this.text.line === line ? this.text.field.current ?? "start" : "start");
  }

  address(line) {
    history.replaceState(null, "", `#/page/${this.work.page.id}/${encodeURIComponent(line.id)}`);
  }

  progress() {
    const { page } = this.work;
    $("page-progress").textContent = this.work.tally();
    $("page-state").value = page.state;
    this.scan.draw(page);
  }

  /** Asks what the page says since something was saved; whoever asks while that is on its way waits for the next answer. */
  refresh() {
    if (!this.work) return Promise.resolve();
    this.stale = true;
    this.refreshing ??= this.askAnew();
    return this.refreshing;
  }

  async askAnew() {
    try {
      while (this.stale && this.work) {
        this.stale = false;
        const { page } = this.work;
        const value = await get(`/api/pages/${encodeURIComponent(page.id)}?since=${page.etag.replaceAll('"', "")}`);
        // an answer that was on its way while something else was saved may be older than that: the next one is not
        if (this.work?.page === page && !this.stale) this.received(value);
      }
    } catch (trouble) {
      // a desk that does not answer is told with the next save: what was saved is saved
      if (!(trouble instanceof Trouble) || trouble.status) this.failed(trouble);
    } finally {
      this.refreshing = null; // before anyone else can ask, or their question would be lost
    }
  }

  /** Says once for each page that its plain text is not ours any more. */
  tellText(page) {
    if (!page.text_anothers || this.textsTold.has(page.id)) return;
    this.textsTold.add(page.id);
    this.notices.warn(t("text_anothers", { name: `${page.name}.txt` }));
  }

  /** The desk tells what the page says now. */
  received(value) {
    const { page } = this.work;
    const jobs = this.saver.jobs.filter((job) => job.page === page.id);
    const waiting = new Set(jobs.flatMap((job) => job.changes.map((change) => change.line)));
    if (!jobs.length) this.saver.knows(page.id, value.etag);
    const { touched, relined } = receive(page, value, waiting);
    page.people.me = chosen().name || this.me;
    const current = this.text.line?.id;
    if (relined) {
      const had = this.text.field.input === document.activeElement;
      this.text.show(page);
      const line = page.byId.get(current);
      if (line && had) this.work.open(line);
      else if (line) this.text.open(line);
    } else {
      for (const id of touched) this.text.refresh(page.byId.get(id));
      const { line } = this.text;
      if (line && touched.includes(line.id)) this.text.strip.show(page, line, nameOfLine(line));
    }
    this.work.mark();
    this.progress();
    this.conflicts.tell(page);
    this.tellText(page);
  }

  pointAt(id, at) {
    const line = id && this.work?.byId(id);
    this.scan.point(!line ? null : at === null ? line.box : line.live[at]?.box ?? null);
  }

  async takeBack() {
    const entry = this.undo.stepBack();
    if (!entry) return this.notify(t("nothing_to_undo"));
    return this.carry(entry, "back", "undone");
  }

  async again() {
    const entry = this.undo.stepForth();
    if (!entry) return this.notify(t("nothing_to_redo"));
    return this.carry(entry, "forth", "redone");
  }

  async carry(entry, way, label) {
    if (this.work?.page.id !== entry.page) await this.openPage(entry.page, entry.line);
    await entry[way]();
    announce(t(label, { what: t(entry.what, { n: entry.n }) }));
  }

  undoChanged(undo) {
    $("undo").disabled = !undo.canUndo;
    $("redo").disabled = !undo.canRedo;
  }

  leave() {
    const { line } = this.text;
    if (line) this.text.rows.get(line.id).number.focus();
  }

  async turn(step) {
    const pages = await this.siblings();
    const next = pages[pages.findIndex(({ id }) => id === this.work?.page.id) + step];
    if (next) location.hash = `#/page/${next.id}`;
  }

  async siblings() {
    this.books ??= (await get("/api/desk")).notebooks;
    for (const book of this.books) {
      const pages = await get(`/api/notebooks/${encodeURIComponent(book.id)}/pages`);
      if (pages.some(({ id }) => id === this.work?.page.id)) return pages;
    }
    return [];
  }

  async nextWorth() {
    const lines = await get("/api/queue?n=50");
    const next = lines.find(({ page }) => page !== this.work?.page.id) ?? lines[0];
    if (next) location.hash = `#/page/${next.page}/${encodeURIComponent(next.line)}`;
    else this.notify(t("queue_none"));
  }

  buttons() {
    const on = (id, name, value) => $(id).addEventListener("click", () => this.act(name, value));
    on("undo", "undo");
    on("redo", "redo");
    on("sure", "sure");
    on("compare", "compare");
    on("page-before", "page", -1);
    on("page-after", "page", 1);
    on("zoom-in", "zoom", 1.4);
    on("zoom-out", "zoom", 1 / 1.4);
    on("zoom-home", "home");
    on("zoom-line", "zoom_line");
    $("keys-open").addEventListener("click", () => this.act("keys"));
    $("look-open").addEventListener("click", () => showLook(chosen().name || this.me));
    $("page-state").addEventListener("change", (event) => this.work?.setPageState(event.target.value));
    this.undoChanged(this.undo);
  }

  spell() {
    spell(document);
    $("scan").dataset.label = t("image");
    for (const [id, act] of [["undo", "undo"], ["redo", "redo"], ["sure", "sure"]]) $(id).title = keysOf(act);
    $("page").querySelector(".image-tools").querySelectorAll("button").forEach((button) => (button.title = button.getAttribute("aria-label")));
  }

  looked(name) {
    if (name === "name" && this.work) this.work.page.people.me = chosen().name || this.me;
    if (name === "layout" || name === "print" || name === "enlarge") {
      this.text.strip.fit();
      startSplitter.refresh();
    }
    if (name !== "language") return;
    this.spell();
    this.notices.status();
    if (!this.work) return void this.route();
    const { line } = this.text;
    this.dock.build();
    this.scan.tellMissing();
    this.text.show(this.work.page);
    if (line) this.work.open(line);
    this.progress();
  }

  async throwAway() {
    const job = this.saver.drop();
    if (job && this.work?.page.id === job.page) await this.openPage(job.page, this.text.line?.id);
  }

  notify(text) {
    this.notices.tell(text);
  }

  /** The last open line is done: asks whether the page is, and offers the next one. */
  pageEnd() {
    const state = this.work.page.state === "draft" ? this.work.stateOfLines : null;
    const button = (label, title, act) => h("button", { type: "button", class: "tool", title, onclick: act }, label);
    const { length } = this.work.page.unread;
    this.notices.tell([t(state ? "page_done_ask" : "page_done"), length ? t("unread_n", { n: length }) : ""].join(" "), [
      state && button(t("page_is", { state: t(`state_${state}`) }), keysOf("page_done"), () => {
        this.work?.pageDone();
        this.pageEnd();
      }),
      button(t("next_worth"), keysOf("next_worth"), () => this.nextWorth()),
    ]);
  }

  failed(trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    this.notices.warn(trouble.status === 0 ? t("trouble_gone") : trouble.message);
  }

  /** Asks the desk; a failure is told, and gives null. */
  async asked(ask) {
    try {
      return await ask();
    } catch (trouble) {
      this.failed(trouble);
      return null;
    }
  }
}

new Desk().start();
