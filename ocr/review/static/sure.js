// Accepting what the machine is sure of, without reading it: how sure is for the user to say, and what it would take,
// with the errors to be expected in it, is shown before.

import { h } from "./dom.js";
import { isDirty, isOpenWord } from "./model.js";
import { scheme } from "./scheme.js";
import { shown } from "./tokens.js";
import { openWindow } from "./windows.js";
import { number, t } from "./words.js";

const PLACE = "tetradi:sure";

/** What would be accepted at `above` (0 to 1): rows {line, ids, whole}; of whole lines every word is so sure. */
export function sureOf(page, above) {
  const out = { rows: [], words: 0, open: 0, lines: 0, errors: 0 };
  for (const line of page.lines) {
    if (line.state !== "draft" || isDirty(line) || line.silence) continue;
    const open = line.tokens.filter(isOpenWord);
    const taken = open.filter((token) => token.id && token.cert !== null && token.cert >= above);
    out.open += open.length;
    if (!taken.length) continue;
    const whole = taken.length === open.length && line.tokens.every((token) => !token.gap || token.by);
    out.rows.push({ line, ids: taken.map((token) => token.id), whole });
    out.words += taken.length;
    out.lines += whole;
    out.errors += taken.reduce((sum, token) => sum + 1 - token.cert, 0);
  }
  return out;
}

/** Asks how sure; gives the rows to accept, or null. */
async function ask(page) {
  let now = null;
  const usual = scheme.confidence.sure * 100;
  const kept = Number(localStorage.getItem(PLACE) ?? usual);
  const field = h("input", { type: "number", id: "sure-above", min: "1", max: "100", step: "0.5", value: kept >= 1 && kept <= 100 ? kept : usual });
  const sum = h("p", { role: "status" });
  const list = h("ol", { class: "would-take" });
  const paint = () => {
    const value = field.valueAsNumber;
    now = sureOf(page, Number.isFinite(value) ? value / 100 : 2);
    const lines = t("sure_lines", { n: now.lines });
    sum.textContent = now.words ? `${t("sure_words", { n: now.words, open: number(now.open) })} ${lines} ${t("sure_errors", { n: Number(now.errors.toFixed(1)), x: number(now.errors, 1) })}` : t("none_sure");
    list.replaceChildren(...now.rows.map(({ line, ids, whole }) => h("li", { class: whole ? "whole" : null },
      h("span", { class: "quiet" }, `${line.n ?? line.order + 1} `),
      line.tokens.flatMap((token) => [h("span", { class: ids.includes(token.id) ? "taken" : "quiet" }, shown(token)), " "]))));
  };
  field.addEventListener("input", paint);
  paint();
  const rows = await openWindow(t("accept_sure"), [
    h("p", {}, h("label", { for: "sure-above" }, t("sure_above")), " ", field, " %"), sum,
    h("p", { class: "quiet" }, t("sure_say")), list,
  ], [{ label: t("sure_do"), value: () => now.rows, primary: true }]);
  if (!rows) return null;
  try {
    localStorage.setItem(PLACE, String(field.valueAsNumber));
  } catch {
    // asked anew each time
  }
  return rows;
}

/** Asks, and accepts; one undo takes it all back. */
export async function acceptSure(desk) {
  const { work } = desk;
  const { page } = work;
  if (work.line) work.saveTyped(work.line);
  await desk.refreshing; // what was just saved, or taken back, counts
  if (desk.work !== work) return;
  const rows = await ask(page);
  if (!rows || desk.work !== work) return;
  if (!rows.length) return void desk.notify(t("none_sure"));
  const ids = rows.filter((row) => !row.whole).flatMap((row) => row.ids);
  const whole = rows.filter((row) => row.whole).map((row) => row.line.id);
  const set = (yes) => {
    const lines = whole.map((id) => desk.work.byId(id)).filter(Boolean);
    const changes = lines.map((line) => ({ change: "AcceptLine", line: line.id, state: yes ? "corrected" : "draft" }));
    if (ids.length) changes.push({ change: "AcceptWords", ids, accepted: yes });
    for (const line of lines) desk.work.setState(line, yes ? "corrected" : "draft");
    if (changes.length) desk.work.send(changes);
    desk.progress();
  };
  desk.undo.push({ page: page.id, line: rows[0].line.id, n: `${rows.length}×`, what: "what_words", back: () => set(false), forth: () => set(true) });
  set(true);
  const words = rows.reduce((sum, row) => sum + row.ids.length, 0);
  desk.notify(t("accepted_sure", { n: words }));
  if (work.stateOfLines) desk.pageEnd();
}
