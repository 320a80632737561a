// Where another program changed words that were corrected here: shown word by word, and a person chooses.

import { h } from "./dom.js";
import { isDirty } from "./model.js";
import { lineText, wordingOf } from "./tokens.js";
import { chooseWords, openWindow } from "./windows.js";
import { post } from "./wire.js";
import { t } from "./words.js";

/** Tells of conflicts on the page of the desk, once for each. */
export class Conflicts {
  constructor(desk) {
    this.desk = desk;
    this.offered = new Set();
  }

  /** Offers to look at those that nobody was told of. */
  tell(page) {
    const fresh = page.conflicts.filter(({ number }) => !this.offered.has(`${page.id} ${number}`));
    for (const { number } of fresh) this.offered.add(`${page.id} ${number}`);
    if (!fresh.length) return;
    this.desk.notices.offer(t("conflicts_say", { n: page.conflicts.length }), t("conflicts_look"), () => this.look());
  }

  /** One after the other, each on what the page says after the one before. */
  async look() {
    const { work } = this.desk;
    const { page } = work ?? {};
    const looked = new Set();
    while (work) {
      if (work.line && isDirty(work.line) && (await work.saveTyped(work.line))) await this.desk.refresh();
      const conflict = this.desk.work === work && page.conflicts.find(({ number }) => !looked.has(number));
      if (!conflict || !(await this.choose(page, conflict))) return;
      looked.add(conflict.number);
      const by = page.people.me;
      const { saver } = this.desk;
      await saver.asks(this.desk.asked(() => post(`/api/pages/${page.id}/conflicts`, { conflicts: [conflict.number], by })));
      await this.desk.refresh();
    }
  }

  /** True when a person has chosen; false when the window was closed. */
  async choose(page, conflict) {
    const line = page.byId.get(conflict.line);
    const when = new Date(conflict.when).toLocaleString(document.documentElement.lang);
    const say = t("conflict_of", { who: conflict.who, when });
    if (!line || !conflict.pairs.length) {
      const done = { label: t("conflict_done"), value: () => true, primary: true };
      const text = conflict.mine.length ? h("div", { class: "result" }, lineText(conflict.mine)) : null;
      return openWindow(t("conflict"), [h("p", {}, say), h("p", {}, conflict.why), text], [done], true);
    }
    const slots = conflict.pairs.map(({ same, ours, theirs }) => ({ mine: ours, theirs, pick: same ? "mine" : null, clash: !same }));
    const sides = { mine: t("conflict_mine"), theirs: t("conflict_theirs") };
    const all = [{ label: t("conflict_take_theirs"), side: "theirs" }, { label: t("conflict_keep"), side: "mine" }];
    const tokens = await chooseWords(t("conflict_line", { n: line.n ?? line.order + 1 }), say, slots, sides, all, t("merge_save"));
    if (!tokens) return false;
    if (wordingOf(tokens) !== wordingOf(line.live)) await this.desk.work.say(line, tokens);
    return true;
  }
}
