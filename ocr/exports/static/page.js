// A page: words and lines tied to their places on the scan, both ways.
"use strict";

(() => {
  const { t } = SITE;
  const svgName = "http://www.w3.org/2000/svg";
  const scan = document.querySelector(".scan");
  const sheet = document.querySelector(".sheet");
  const canvas = document.querySelector(".canvas");
  const about = document.getElementById("about");
  const lines = [...document.querySelectorAll(".line")];
  const words = [...document.querySelectorAll(".lines .w")];
  const width = Number(scan?.dataset.width ?? 0);
  const height = Number(scan?.dataset.height ?? 0);
  const places = new Map(); // of an element of the text, its shape on the scan
  const texts = new Map(); // and back
  let chosen = null;

  function shape(name, values, parent) {
    const element = document.createElementNS(svgName, name);
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  }

  function tie(element, place) {
    places.set(element, place);
    texts.set(place, element);
  }

  function draw() {
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", preserveAspectRatio: "none" }, canvas);
    for (const line of lines) {
      if (line.dataset.p) tie(line, shape("polygon", { points: line.dataset.p, class: "line-place" }, svg));
    }
    for (const word of words) {
      if (!word.dataset.p) continue;
      const [x, y, w, h] = word.dataset.p.split(" ");
      const doubt = [...word.classList].find((name) => name.startsWith("t-"));
      tie(word, shape("rect", { x, y, width: w, height: h, class: `word-place ${doubt}` }, svg));
    }
    for (const place of document.querySelectorAll("#unread li")) {
      if (place.dataset.p) shape("polygon", { points: place.dataset.p, class: "unread-place" }, svg);
    }
    return svg;
  }

  const mark = (element, name, on) => {
    element?.classList.toggle(name, on);
    places.get(element)?.classList.toggle(name, on);
  };
  let pointed = null;
  function point(element) {
    if (element === pointed) return;
    mark(pointed, "pointed", false);
    pointed = element;
    mark(pointed, "pointed", true);
  }

  // How large the scan is shown: 1 fills the width of its pane.
  let zoom = 1;
  function setZoom(next, at = null) {
    const before = zoom;
    zoom = Math.min(Math.max(next, 1), 6);
    const centre = at ?? { x: (sheet.scrollLeft + sheet.clientWidth / 2) / before, y: (sheet.scrollTop + sheet.clientHeight / 2) / before };
    canvas.style.width = `${zoom * 100}%`;
    sheet.scrollLeft = centre.x * zoom - sheet.clientWidth / 2;
    sheet.scrollTop = centre.y * zoom - sheet.clientHeight / 2;
  }

  function bringPlace(element) {
    const place = places.get(element);
    if (!place) return;
    const box = place.getBoundingClientRect();
    const pane = sheet.getBoundingClientRect();
    const inside = box.top >= pane.top + 8 && box.bottom <= pane.bottom - 8 && box.left >= pane.left && box.right <= pane.right;
    if (inside) return;
    sheet.scrollTop += (box.top + box.bottom) / 2 - (pane.top + pane.bottom) / 2;
    sheet.scrollLeft += (box.left + box.right) / 2 - (pane.left + pane.right) / 2;
  }

  function bringText(element) {
    const box = element.getBoundingClientRect();
    const top = document.querySelector(".scan")?.getBoundingClientRect();
    const stacked = top && getComputedStyle(scan).position === "sticky" && top.width > innerWidth * 0.9;
    const least = stacked ? top.bottom : 60;
    const most = innerHeight - (about?.offsetHeight ?? 0);
    if (box.top < least || box.bottom > most) scrollBy({ top: (box.top + box.bottom) / 2 - (least + most) / 2 });
  }

  /** Shows a word or a line: on the scan, in the text, and what is known of it. */
  function choose(element, { focus = false } = {}) {
    mark(chosen, "chosen", false);
    for (const word of words) word.tabIndex = -1;
    chosen = element;
    mark(chosen, "chosen", true);
    const word = element?.classList.contains("w") ? element : (element?.querySelector(".w") ?? words[0]);
    if (word) word.tabIndex = 0;
    if (!element) return tell(null);
    bringPlace(element);
    bringText(element);
    if (focus) element.focus({ preventScroll: true });
    return tell(element);
  }

  function add(parent, name, text, attributes = {}) {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  }

  function tell(element) {
    about.replaceChildren();
    if (!element) {
      add(about, "p", t("about_hint"), { class: "quiet" });
      return;
    }
    const line = element.closest(".line");
    const number = line.id.slice(1);
    const head = add(about, "p", "");
    if (!element.classList.contains("w")) {
      add(head, "strong", t("line", { n: number }));
      head.append(`: ${t(`state_${line.dataset.s}`)}`);
      return;
    }
    add(head, "strong", element.textContent, { lang: "ru" });
    head.append(" ");
    add(head, "span", t("line", { n: number }), { class: "quiet" });
    const facts = [];
    if (element.dataset.g) facts.push(element.dataset.g === "uncertain" ? t("gap_uncertain") : t("gap"));
    if (element.classList.contains("t-person")) facts.push(t("by_person"));
    else if (element.dataset.c !== undefined) facts.push(t("sure_by", { percent: element.dataset.c }));
    else if (!element.dataset.g) facts.push(t("sure_unknown"));
    if (element.dataset.m) facts.push(element.dataset.m.split(" ").map((name) => t(`mark_${name}`)).join(", "));
    if (element.dataset.x) facts.push(`${t("expan")}: ${element.dataset.x}`);
    add(about, "p", facts.join("; "));
    if (!element.dataset.r) return;
    const others = add(about, "p", `${t("rivals")}: `);
    element.dataset.r.split("\n").forEach((row, at) => {
      const [text, percent] = row.split("\t");
      if (at) others.append(", ");
      add(others, "span", text, { lang: "ru", class: "rival" });
      if (percent) others.append(` ${percent} %`);
    });
  }

  // Pointing and clicking.
  const textOf = (event) => event.target.closest?.(".lines .w") ?? event.target.closest?.(".line");
  const list = document.querySelector(".lines");
  list.addEventListener("mouseover", (event) => point(textOf(event)));
  list.addEventListener("mouseleave", () => point(null));
  list.addEventListener("click", (event) => {
    const element = event.target.closest(".n") ? event.target.closest(".line") : textOf(event);
    if (!element || String(getSelection())) return; // somebody selects text to copy it
    choose(element, { focus: element.classList.contains("w") });
  });
  if (width && canvas) {
    const svg = draw();
    svg.addEventListener("mouseover", (event) => point(texts.get(event.target) ?? null));
    svg.addEventListener("mouseleave", () => point(null));
    svg.addEventListener("click", (event) => {
      const element = texts.get(event.target);
      if (element) choose(element);
    });
  }
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "home") setZoom(1);
      else setZoom(zoom * (button.dataset.zoom === "in" ? 1.5 : 1 / 1.5));
    });
  }

  // Keys: in the text from word to word, elsewhere from page to page.
  const turn = (rel) => document.querySelector(`a[rel=${rel}]`)?.click();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { target, key } = event;
    if (target.closest("input, select, textarea, button, .sheet")) return;
    if (key === "Escape") {
      document.activeElement?.blur();
      choose(null);
      return;
    }
    const word = target.closest(".lines .w");
    if (!word) {
      if (key === "ArrowLeft") turn("prev");
      if (key === "ArrowRight") turn("next");
      return;
    }
    let next = null;
    if (key === "ArrowLeft") next = words[words.indexOf(word) - 1];
    else if (key === "ArrowRight") next = words[words.indexOf(word) + 1];
    else if (key === "ArrowUp" || key === "ArrowDown") {
      const step = key === "ArrowUp" ? -1 : 1;
      for (let at = lines.indexOf(word.closest(".line")) + step; lines[at] && !next; at += step) next = lines[at].querySelector(".w");
    } else if (key === "Enter" || key === " ") next = word;
    else return;
    event.preventDefault();
    if (next) choose(next, { focus: true });
  });
  list.addEventListener("focusin", (event) => {
    if (event.target.matches(".w") && event.target !== chosen) choose(event.target);
  });
  if (words.length) words[0].tabIndex = 0;

  const doubt = document.getElementById("doubt");
  doubt.value = document.documentElement.dataset.doubt;
  doubt.addEventListener("change", () => SITE.choose("doubt", doubt.value));
  SITE.onChoice((name) => {
    if (name === "lang") tell(chosen);
  });

  // #l5 is a line, #w5.3 a word, #w5.3,w7.1 several that were looked for.
  function follow() {
    for (const word of document.querySelectorAll(".hit")) mark(word, "hit", false);
    const named = decodeURIComponent(location.hash.slice(1)).split(",").map((name) => document.getElementById(name));
    const hits = named.filter((element) => element?.matches(".line, .lines .w"));
    for (const hit of hits) if (hit.classList.contains("w")) mark(hit, "hit", true);
    if (hits.length) choose(hits[0]);
  }
  addEventListener("hashchange", follow);
  const picture = canvas?.querySelector("img");
  if (picture && !picture.complete) picture.addEventListener("load", follow, { once: true });
  follow();
})();
