// What the desk says at the top of the page: what is saved and what is not, and short notices.

import { $, h } from "./dom.js";
import { lineText } from "./tokens.js";
import { t } from "./words.js";

const NOTICE_MS = 6000;
const TROUBLES = { 0: "trouble_gone", 507: "trouble_full", 423: "trouble_readonly" };

export class Notices {
  constructor(saver, throwAway) {
    this.saver = saver;
    this.throwAway = throwAway;
    this.notice = null;
  }

  /** Tells at once what is saved and what is not. */
  status() {
    const { saver } = this;
    const place = $("save");
    const { trouble } = saver;
    place.className = `save ${trouble ? "bad" : saver.settled ? "good" : ""}`;
    place.textContent = trouble ? t("unsaved", { n: saver.waiting }) : t(saver.settled ? "saved" : "saving");
    if (!trouble && saver.settled) performance.mark("saved");
    document.getElementById("trouble")?.remove();
    if (!trouble) return;
    const sentence = TROUBLES[trouble.status] ? t(TROUBLES[trouble.status]) : t("trouble_other", { sentence: trouble.message });
    const permanent = !TROUBLES[trouble.status] && trouble.status < 500;
    const button = (label, act) => h("button", { type: "button", class: "tool", onclick: act }, label);
    $("notices").append(h("div", { class: "notice bad", id: "trouble" },
      h("p", {}, `${sentence} ${saver.keeps ? t("kept") : t("no_storage")}`),
      button(t("try_again"), () => saver.again()),
      button(t("copy_text"), () => this.copyUnsaved()),
      permanent ? button(t("throw_away"), this.throwAway) : null));
  }

  copyUnsaved() {
    const text = this.saver.jobs.flatMap((job) => job.changes).filter((change) => change.tokens).map((change) => lineText(change.tokens)).join("\n");
    navigator.clipboard?.writeText(text).then(() => this.tell(t("copied")), () => this.warn(text));
  }

  /** A notice that goes away by itself, unless it offers something to do. */
  tell(text, extra = null) {
    this.notice?.remove();
    const notice = h("div", { class: "notice" }, h("p", {}, text), extra);
    this.notice = notice;
    $("notices").append(notice);
    if (!extra) setTimeout(() => notice.remove(), NOTICE_MS);
  }

  /** A notice that offers to do something, and goes when that is done or declined. */
  offer(text, label, act) {
    const button = (label, what) => h("button", { type: "button", class: "tool", onclick: () => { notice.remove(); what?.(); } }, label);
    const notice = h("div", { class: "notice" }, h("p", {}, text), button(label, act), button(t("close")));
    $("notices").append(notice);
  }

  /** A notice that stays until it is closed. */
  warn(text) {
    const notice = h("div", { class: "notice bad" }, h("p", {}, text), h("button", { type: "button", class: "tool", onclick: () => notice.remove() }, t("close")));
    $("notices").append(notice);
  }
}
