// Talks to the desk. Every failure becomes a Trouble with a status and a sentence.

export class Trouble extends Error {
  /** `status` 0: the desk does not answer. */
  constructor(status, sentence, body = null) {
    super(sentence);
    this.status = status;
    this.body = body;
  }
}

async function sent(address, options) {
  try {
    return await fetch(address, { credentials: "same-origin", ...options });
  } catch {
    throw new Trouble(0, "");
  }
}

async function answer(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    if (response.ok) throw new Trouble(response.status, "");
  }
  if (!response.ok) throw new Trouble(response.status, body?.error ?? response.statusText, body);
  return body;
}

async function asked(address, options) {
  return answer(await sent(address, options));
}

function headersOf(etag) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  if (etag !== null) headers["if-match"] = etag;
  return headers;
}

/** What the desk says at an address. */
export function get(address) {
  return asked(address, { headers: { accept: "application/json" } });
}

/** Sends a value; `etag` is that of the page it was made from. */
export function post(address, value, etag = null) {
  return asked(address, { method: "POST", headers: headersOf(etag), body: JSON.stringify(value) });
}

/** Sends changes of the page that had that ETag; gives the ETag it has now, as soon as the head of the answer is there. */
export async function postChanges(page, value, etag) {
  const address = `/api/pages/${page}/changes`;
  const response = await sent(address, { method: "POST", headers: headersOf(etag), body: JSON.stringify(value) });
  if (!response.ok) return answer(response);
  void response.body?.cancel();
  return response.headers.get("etag");
}

/** The address of a line's picture, so many pixels tall; with the version of the scan in it, it may be kept. */
export function stripAddress(page, line, height) {
  const shape = shapeKey(line);
  const version = page.scan?.version ? `&v=${page.scan.version}` : "";
  return `/strips/${encodeURIComponent(page.id)}/${encodeURIComponent(line.id)}.jpg?h=${height}&s=${shape}${version}`;
}

function shapeKey(line) {
  // the picture of a line whose outline was drawn anew is another picture
  let key = 7;
  for (const [x, y] of [...(line.outline ?? []), ...(line.baseline ?? [])]) key = (key * 31 + x * 13 + y) % 1e9;
  return Math.round(Math.abs(key));
}
