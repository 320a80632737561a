// Search over the index of words: parts of it are scripts, loaded when a word with their first two letters is asked for.
"use strict";
const MOST = 200;
const WORDS = {
  ru: { none: "Ничего не найдено.", lines: "Строк: ", more: ", показаны первые " + MOST, page: "с. " },
  en: { none: "Nothing was found.", lines: "Lines: ", more: ", the first " + MOST + " are shown", page: "p. " },
};
const SAME = { "ё": "е", "ѣ": "е", "і": "и", "ї": "и", "ѵ": "и", "ѳ": "ф" };
const parts = new Map(), waiting = new Map();
const query = document.getElementById("query"), count = document.getElementById("count");
const results = document.getElementById("results");

function folded(word) {
  const low = [...word.toLowerCase()].filter((c) => /[\p{L}\p{N}]/u.test(c)).map((c) => SAME[c] || c).join("");
  return low.replace(/ъ+$/, "") || low;
}

function found(key, rows) { // the parts of the index call it
  const words = new Map();
  for (const [word, ...place] of rows) {
    if (!words.has(word)) words.set(word, []);
    words.get(word).push(place);
  }
  parts.set(key, words);
}

function part(key) {
  if (!waiting.has(key)) {
    waiting.set(key, new Promise((done) => {
      const script = document.createElement("script");
      script.src = "search/" + key + ".js";
      script.onload = script.onerror = () => done(parts.get(key) || new Map());
      document.head.append(script);
    }));
  }
  return waiting.get(key);
}

async function lines(word, open) {
  const words = await part([...word].slice(0, 2).map((c) => c.codePointAt(0).toString(16)).join("-"));
  const places = new Map();
  for (const [known, rows] of words) {
    if (known === word || (open && known.startsWith(word))) {
      for (const row of rows) places.set(row.slice(0, 2).join(" ") + " " + row[3], row);
    }
  }
  return places;
}

async function search() {
  const asked = query.value, said = WORDS[document.documentElement.dataset.ui];
  const words = asked.split(/\s+/).map((w) => [folded(w), w.endsWith("*")]).filter(([w, open]) => [...w].length > (open ? 1 : 0));
  results.replaceChildren();
  count.textContent = "";
  if (!words.length) return;
  const sets = await Promise.all(words.map(([word, open]) => lines(word, open)));
  if (query.value !== asked) return;
  const all = [...sets[0]].filter(([at]) => sets.every((set) => set.has(at))).map(([, row]) => row);
  all.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  count.textContent = all.length ? said.lines + all.length + (all.length > MOST ? said.more : "") : said.none;
  for (const [book, page, name, line, text] of all.slice(0, MOST)) {
    const item = document.createElement("li"), link = document.createElement("a"), where = document.createElement("span");
    link.href = NOTEBOOKS[book] + "#p" + page + "-" + line;
    for (const piece of text.split(/(\s+)/)) {
      const word = folded(piece);
      const hit = word && words.some(([w, open]) => word === w || (open && word.startsWith(w)));
      const shown = hit ? document.createElement("mark") : document.createTextNode(piece);
      if (hit) shown.textContent = piece;
      link.append(shown);
    }
    where.className = "where";
    where.textContent = decodeURIComponent(NOTEBOOKS[book]).replace(/\.html$/, "") + ", " + said.page + page + " (" + name + ")";
    item.append(link, where);
    results.append(item);
  }
}

function speak(language) {
  document.documentElement.dataset.ui = document.documentElement.lang = language;
  for (const button of document.querySelectorAll("[data-ui-set]")) {
    button.setAttribute("aria-pressed", button.dataset.uiSet === language);
  }
  search();
}

for (const button of document.querySelectorAll("[data-ui-set]")) {
  button.addEventListener("click", () => speak(button.dataset.uiSet));
}
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
query.addEventListener("input", search);
query.value = decodeURIComponent(location.hash.slice(1));
speak((navigator.language || "ru").startsWith("ru") ? "ru" : "en");
