// What is not saved yet, kept in this browser: changes on their way, and text typed but not sent.

const SENT = "tetradi:unsaved:";
const TYPED = "tetradi:typed:";
const STALE_MS = 12000;

const tab = own();
let works = true;

function own() {
  try {
    const kept = sessionStorage.getItem("tetradi:tab") ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
    sessionStorage.setItem("tetradi:tab", kept);
    return kept;
  } catch {
    return "this";
  }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    works = true;
  } catch {
    works = false; // private window or no room: said on the page, once it matters
  }
  return works;
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function keys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** Keeps the changes that wait; an empty list forgets them. False when this browser keeps nothing. */
export function keepChanges(jobs) {
  return write(SENT + tab, jobs.length ? { alive: Date.now(), jobs } : null);
}

/** Changes that an earlier window, or this one before it was closed, could not save. They are ours now. */
export function leftChanges() {
  const jobs = [];
  for (const key of keys(SENT)) {
    const kept = read(key);
    if (key !== SENT + tab && kept && Date.now() - kept.alive < STALE_MS) continue; // its window is open
    jobs.push(...(kept?.jobs ?? []));
    write(key, null);
  }
  return jobs;
}

/** Keeps the text of a line that is being typed; null forgets it. */
export function keepTyped(page, line, typed) {
  return write(`${TYPED}${page}:${line}`, typed);
}

/** Texts of a page typed but never sent: {line: {tokens, base, when}}. */
export function leftTyped(page) {
  const prefix = `${TYPED}${page}:`;
  return Object.fromEntries(keys(prefix).map((key) => [key.slice(prefix.length), read(key)]));
}
