// The page in the browser: what the desk said last, and what is being typed over it.

import { scheme } from "./scheme.js";
import { placed, wordingOf } from "./tokens.js";

/** A page as the desk tells it, each line with `live`: the tokens as they stand in the field. */
export function makePage(value) {
  const page = { ...value, lines: value.lines.map(makeLine) };
  index(page);
  return page;
}

function makeLine(value) {
  return { ...value, live: value.tokens };
}

function index(page) {
  page.byId = new Map(page.lines.map((line) => [line.id, line]));
}

/** Takes over what the desk says now; lines that it does not tell anew are as they were. Text typed meanwhile stays, and lines that `waiting` names, for which
 *  more is on its way. Gives the ids of the lines that changed. */
export function receive(page, value, waiting = new Set()) {
  const touched = [];
  let behind = false;
  const news = new Map(value.lines.map((line) => [line.id, line]));
  const lines = value.order.map((id) => {
    const fresh = news.get(id);
    const line = page.byId.get(id);
    if (line && fresh && waiting.has(id)) behind = true;
    if (line && (!fresh || waiting.has(id))) return line;
    touched.push(id);
    if (!line) return makeLine(fresh);
    const typed = isDirty(line) && wordingOf(line.live) !== wordingOf(fresh.tokens) ? line.live : null;
    Object.assign(line, fresh);
    line.live = typed ? placed(fresh.tokens, typed) : fresh.tokens;
    return line;
  });
  const relined = JSON.stringify([page.removed, page.unread]) !== JSON.stringify([value.removed, value.unread]) || page.lines.length !== lines.length || page.lines.some((line, at) => line !== lines[at]);
  // where lines were left out, the page is of no one version now: the next answer is to tell all of them
  Object.assign(page, { ...value, lines, etag: behind ? "" : value.etag });
  index(page);
  return { touched, relined };
}

/** Was something typed that the desk does not have? */
export function isDirty(line) {
  return line.live !== line.tokens && wordingOf(line.live) !== wordingOf(line.tokens);
}

/** Should a person look at this word? */
export function isDoubtful(page, line, token) {
  if (line.state !== "draft" || token.by) return false;
  if (token.gap) return token.gap.reason !== "checked";
  return token.cert !== null && token.cert < page.threshold;
}

/** Has nobody answered for this word yet? */
export function isOpenWord(token) {
  return !token.gap && !token.by;
}

/** How sure the machine was, in four steps: sure, likely, unsure, doubtful; person or none. */
export function trust(page, line, token) {
  if (token.by || line.state !== "draft") return "person";
  if (token.cert === null) return token.gap ? "doubtful" : "none";
  if (token.cert < page.threshold) return "doubtful";
  if (token.cert < scheme.confidence.likely) return "unsure";
  return token.cert < scheme.confidence.sure ? "likely" : "sure";
}

/** The name of whoever stands behind an id. */
export function nameOf(page, who) {
  return page.people[who] ?? who;
}

/** The lines above and below in reading order. */
export function neighbour(page, line, step) {
  return page.lines[page.lines.indexOf(line) + step] ?? null;
}

/** The next line that nobody accepted, after this one, then from the top. */
export function nextOpen(page, line) {
  const at = page.lines.indexOf(line);
  const order = [...page.lines.slice(at + 1), ...page.lines.slice(0, Math.max(at, 0))];
  return order.find(({ state, silence }) => state === "draft" && silence !== "blank") ?? null;
}
