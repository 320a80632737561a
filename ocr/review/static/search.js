// Search over all pages: a box, and hits with their lines; a hit opens its page at the word.

import { $, announce, h } from "./dom.js";
import { Trouble, get, stripAddress } from "./wire.js";
import { number, percent, t } from "./words.js";

const AGAIN_MS = 1000;
let asked = null;
let timer = null;

/** What the box asks becomes an address, so that going back from a page leads to the hits. */
export function startSearch() {
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const query = $("query").value.trim();
    location.hash = query ? `#/search/${encodeURIComponent(query)}` : "#/";
  });
}

/** Shows the hits of a query; none when nothing is asked. */
export async function showSearch(query) {
  clearTimeout(timer);
  asked = query;
  if (query || document.activeElement !== $("query")) $("query").value = query;
  $("front-lists").hidden = Boolean(query);
  if (!query) return $("hits").replaceChildren();
  let answer;
  try {
    answer = await get(`/api/search?q=${encodeURIComponent(query)}`);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    if (asked === query) $("hits").replaceChildren(h("p", { class: "found-n", role: "alert" }, trouble.status === 400 ? t("search_empty") : trouble.message || t("trouble_gone")));
    return undefined;
  }
  if (asked !== query) return undefined; // another was asked meanwhile
  const { hits, indexing } = answer;
  const said = indexing ? t("search_indexing", { done: number(indexing.done), of: number(indexing.of) })
    : hits.length ? t("search_hits", { n: hits.length }) : t("search_none");
  $("hits").replaceChildren(h("p", { class: "found-n quiet" }, said), h("ol", { class: "queue" }, hits.map(hitRow)));
  if (indexing) timer = setTimeout(() => asked === query && !$("front").hidden && showSearch(query), AGAIN_MS);
  else announce(said);
  return undefined;
}

function hitRow(hit) {
  const place = `#/page/${hit.page}/${encodeURIComponent(hit.line)}/${hit.word}`;
  const picture = h("img", { src: stripAddress({ id: hit.page }, { id: hit.line }, 90), alt: "", loading: "lazy" });
  picture.addEventListener("error", () => picture.remove());
  return h("li", {}, h("a", { href: place }, picture, h("div", { class: "about" },
    h("b", {}, `${hit.name}, ${t("line", { n: hit.number })}`), h("span", { class: "words" }, marked(hit)),
    h("span", { class: "quiet chance", title: t("search_chance") }, percent(hit.probability)))));
}

/** The line with the words of the hit marked; those that run on stand behind it. */
function marked(hit) {
  const words = hit.text.split(" ");
  const [own, ahead] = hit.match.split(" / ");
  const first = hit.word - 1;
  const last = first + own.split(" ").length;
  const wholly = words.slice(first, last).join(" ") === own;
  if (!wholly) return [hit.text, " ", h("mark", {}, hit.match)];
  return [words.slice(0, first).join(" "), " ", h("mark", {}, own), " ", words.slice(last).join(" "),
    ahead ? [" / ", h("mark", {}, ahead), " …"] : null];
}
