// Search: the parts of the index that a word needs are loaded, and of the pages found the text of those shown.
"use strict";

(() => {
  const { t, key, load, asked } = SITE;
  const SHOWN = 20;
  const LEAST_PREFIX = 3;
  const parts = new Map();
  const texts = new Map();
  let contents = null;
  SITE.contents = (value) => (contents = value);
  SITE.part = (number, value) => parts.set(number, value);
  SITE.texts = (number, value) => texts.set(number, value);
  const count = document.getElementById("count");
  const results = document.getElementById("results");
  const more = document.getElementById("more");
  const whole = document.getElementById("whole");
  const rivals = document.getElementById("rivals");
  const query = asked.get("q") ?? "";
  let found = [];
  let shown = 0;
  let said = null;

  /** The pages of a term: of each, its places, lines in order. */
  async function pagesOf(term, prefix) {
    const { firsts } = contents;
    const last = prefix ? `${term}\uffff` : term;
    let from = firsts.findIndex((first) => first >= term);
    from = Math.max((from === -1 ? firsts.length : from) - 1, 0);
    const wanted = [];
    for (let at = from; at < firsts.length && (at === from || firsts[at] <= last); at += 1) wanted.push(at);
    await Promise.all(wanted.map((at) => load(`search/${at}.js`)));
    const pages = new Map();
    for (const at of wanted) {
      for (const [word, places] of Object.entries(parts.get(at))) {
        if (prefix ? !word.startsWith(term) : word !== term) continue;
        for (const group of places.split(";")) {
          const [page, list] = group.split(":");
          for (const place of list.split(",")) {
            const other = place.endsWith("~");
            if (other && !rivals.checked) continue;
            const [line, at2] = place.replace("~", "").split(".").map(Number);
            if (!pages.has(Number(page))) pages.set(Number(page), []);
            pages.get(Number(page)).push({ line, word: at2, other });
          }
        }
      }
    }
    return pages;
  }

  /** Lines with what was looked for, in the order of the pages; first those where all of it stands together. */
  async function find() {
    const terms = [...new Set(query.split(/\s+/u).map(key).filter(Boolean))];
    const all = await Promise.all(terms.map((term) => pagesOf(term, !whole.checked && [...term].length >= LEAST_PREFIX)));
    if (!all.length) return [];
    const near = [];
    const apart = [];
    for (const page of [...all[0].keys()].filter((page) => all.every((pages) => pages.has(page))).sort((a, b) => a - b)) {
      const lines = new Map();
      all.forEach((pages, term) => {
        for (const place of pages.get(page)) {
          if (!lines.has(place.line)) lines.set(place.line, { page, line: place.line, words: new Map(), terms: new Set() });
          const line = lines.get(place.line);
          const before = line.words.get(place.word);
          line.words.set(place.word, place.other && before !== false);
          line.terms.add(term);
        }
      });
      for (const line of [...lines.values()].sort((a, b) => a.line - b.line)) {
        const around = new Set([...line.terms, ...(lines.get(line.line + 1)?.terms ?? []), ...(lines.get(line.line - 1)?.terms ?? [])]);
        (around.size === all.length ? near : apart).push(line);
      }
    }
    const sure = near.filter((line) => [...line.words.values()].includes(false));
    const other = near.filter((line) => !sure.includes(line));
    return [...sure, ...other, ...apart.map((line, at) => ({ ...line, opens: at === 0 }))];
  }

  function add(parent, name, text = "", attributes = {}) {
    const element = name.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4)) : document.createElement(name);
    if (text) element.textContent = text;
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    parent.append(element);
    return element;
  }

  function crop(parent, picture, width, height, place, boxes, hits) {
    const [x, y, w, h] = place;
    const pad = h * 0.25;
    const view = [x - pad, y - pad, w + 2 * pad, h + 2 * pad];
    const svg = add(parent, "svg:svg", "", { viewBox: view.join(" "), class: "crop", "aria-hidden": "true" });
    add(svg, "svg:image", "", { href: picture, width, height, preserveAspectRatio: "none" });
    for (const at of hits) {
      if (boxes[2 * at + 1]) add(svg, "svg:rect", "", { x: boxes[2 * at], y, width: boxes[2 * at + 1], height: h, class: "word-place hit" });
    }
  }

  async function showMore() {
    const next = found.slice(shown, shown + SHOWN);
    const blocks = [...new Set(next.map((line) => Math.floor(line.page / contents.block)))];
    await Promise.all(blocks.map((block) => load(`search/text-${block}.js`)));
    for (const line of next) {
      const [address, title, notebook, picture, width, height, lines] = texts.get(Math.floor(line.page / contents.block))[line.page % contents.block];
      const [place, text, boxes] = lines[line.line - 1];
      const hits = [...line.words.keys()].sort((a, b) => a - b);
      if (line.opens) add(results, "li", t("not_near"), { class: "quiet apart", "data-t": "not_near" });
      const item = add(results, "li", "", { class: "result" });
      const ids = hits.map((at) => `w${line.line}.${at}`).join(",");
      const link = add(item, "a", "", { href: `${address}#${ids}` });
      if (picture && width && place.length) crop(link, picture, width, height, place, boxes, hits);
      const words = add(link, "span", "", { lang: "ru", class: "result-text" });
      text.split(" ").forEach((word, at) => {
        if (at) words.append(" ");
        if (line.words.has(at)) add(words, "mark", word, line.words.get(at) ? { class: "other" } : {});
        else words.append(word);
      });
      const where = add(item, "p", "", { class: "quiet" });
      where.append(`${notebook} · ${title} · `);
      add(where, "span", t("line", { n: line.line }), { "data-t": "line", "data-v": JSON.stringify({ n: line.line }) });
      if (![...line.words.values()].includes(false)) {
        where.append(" · ");
        add(where, "span", t("other_reading"), { "data-t": "other_reading" });
      }
    }
    shown += next.length;
    more.hidden = shown >= found.length;
    SITE.carry();
  }

  function tell(name, values = {}) {
    said = [name, values];
    count.textContent = name ? t(name, values) : "";
  }

  async function run() {
    results.replaceChildren();
    found = [];
    shown = 0;
    more.hidden = true;
    if (!key(query)) return tell("");
    tell("searching");
    try {
      await load("search/parts.js");
      found = await find();
      const places = found.reduce((sum, line) => sum + line.words.size, 0);
      const pages = new Set(found.map((line) => line.page)).size;
      await showMore();
      return found.length ? tell("results_n", { n: places, pages }) : tell("results_none", { q: query });
    } catch {
      return tell("no_index");
    }
  }

  more.addEventListener("click", () => showMore());
  whole.addEventListener("change", () => run());
  rivals.addEventListener("change", () => run());
  SITE.onChoice((name) => {
    if (name === "lang" && said) tell(...said);
  });
  document.title = query ? `${query} – ${t("search")}` : t("search");
  if (!query) document.getElementById("q").focus();
  run();
})();
