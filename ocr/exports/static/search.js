// Search: what was found is shown, likeliest first, with the text of the pages shown alone.
"use strict";

(() => {
  const { t, key, load, asked, finder } = SITE;
  const SHOWN = 20;
  const texts = new Map();
  SITE.texts = (number, value) => texts.set(number, value);
  const count = document.getElementById("count");
  const results = document.getElementById("results");
  const more = document.getElementById("more");
  const partly = document.getElementById("partly");
  const whole = document.getElementById("whole");
  const slips = document.getElementById("slips");
  const rivals = document.getElementById("rivals");
  const query = asked.get("q") ?? "";
  let found = [];
  let shown = 0;
  let said = null;

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

  /** Of the line of a hit, and of the next where it runs on: which of their words are meant. */
  function linesOf(hit, lines) {
    const marked = [new Map(), new Map()];
    for (const { below, item, isRead } of hit.words) {
      const [, , , , order, isBroken] = lines[hit.line + below];
      const [at, size] = typeof order === "number" ? [item, order] : [order[item], order.length];
      marked[below].set(at, isRead);
      const isLast = item === size - 1;
      const next = lines[hit.line + below + 1];
      if (isBroken && isLast && next && !below) marked[1].set(next[6], isRead);
    }
    return marked.flatMap((words, below) => (words.size ? [{ content: lines[hit.line + below], words }] : []));
  }

  async function showMore() {
    const next = found.slice(shown, shown + SHOWN);
    const block = finder.block();
    await Promise.all([...new Set(next.map((hit) => Math.floor(hit.page / block)))].map((at) => load(`search/text-${at}.js`)));
    for (const hit of next) {
      const [address, title, notebook, picture, width, height, lines] = texts.get(Math.floor(hit.page / block))[hit.page % block];
      const item = add(results, "li", "", { class: "result" });
      const link = add(item, "a");
      const ids = [];
      for (const { content, words } of linesOf(hit, lines)) {
        const [place, text, boxes, number] = content;
        const hits = [...words.keys()].sort((a, b) => a - b);
        ids.push(...hits.map((at) => `w${number}.${at}`));
        if (picture && width && place.length) crop(link, picture, width, height, place, boxes, hits);
        const shownWords = add(link, "span", "", { lang: "ru", class: "result-text" });
        text.split(" ").forEach((word, at) => {
          if (at) shownWords.append(" ");
          if (words.has(at)) add(shownWords, "mark", word, words.get(at) ? {} : { class: "other" });
          else shownWords.append(word);
        });
      }
      link.href = `${address}#${ids.join(",")}`;
      const where = add(item, "p", "", { class: "quiet" });
      where.append(`${notebook} · ${title} · `);
      const n = lines[hit.line][3];
      add(where, "span", t("line", { n }), { "data-t": "line", "data-v": JSON.stringify({ n }) });
      where.append(" · ");
      const chance = { p: Math.round(100 * hit.likely) };
      add(where, "span", t("chance", chance), { "data-t": "chance", "data-v": JSON.stringify(chance) });
      if (!hit.words.some(({ isRead }) => isRead)) {
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

  /** Says of which words not all was looked at, and what it takes to look at all. */
  function tellPartly(words) {
    partly.replaceChildren();
    for (const values of words) {
      add(partly, "span", t("search_partly", values), { "data-t": "search_partly", "data-v": JSON.stringify(values) });
      partly.append(" ");
    }
    const left = words.reduce((sum, { parts, looked }) => sum + parts - looked, 0);
    const values = { mb: Math.ceil((left * finder.partBytes()) / 1e6) };
    whole.textContent = t("search_whole", values);
    whole.dataset.v = JSON.stringify(values);
    whole.hidden = !words.length;
  }

  async function run({ isWhole = false } = {}) {
    results.replaceChildren();
    partly.replaceChildren();
    found = [];
    shown = 0;
    more.hidden = true;
    whole.hidden = true;
    if (!key(query)) return tell("");
    tell("searching");
    try {
      const answer = await finder.find(query, { edits: Number(slips.value), withRivals: rivals.checked, isWhole });
      found = answer.hits;
      tellPartly(answer.partly);
      const pages = new Set(found.map((hit) => hit.page)).size;
      await showMore();
      return found.length ? tell("results_n", { n: found.length, pages }) : tell("results_none", { q: query });
    } catch (trouble) {
      return trouble instanceof RangeError ? tell("too_many_words", { n: trouble.message }) : tell("no_index");
    }
  }

  more.addEventListener("click", () => showMore());
  whole.addEventListener("click", () => run({ isWhole: true }));
  slips.addEventListener("change", () => run());
  rivals.addEventListener("change", () => run());
  SITE.onChoice((name) => {
    if (name === "lang" && said) tell(...said);
  });
  document.title = query ? `${query} – ${t("search")}` : t("search");
  if (!query) document.getElementById("q").focus();
  run();
})();
