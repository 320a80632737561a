"use strict";
(() => {
  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("words").textContent);
  const all = (where) => [...document.querySelectorAll(where)];
  const comma = (told) => told.replaceAll(".", ",");
  let lang = root.lang === "ru" ? "ru" : "en";

  const kept = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem("tetradi." + key);
      localStorage.setItem("tetradi." + key, value);
    } catch { /* some browsers keep nothing for files */ }
    return null;
  };

  const form = (told) => {
    const figures = told.replaceAll("\u202f", "");
    const n = /^\d+$/.test(figures) ? Number(figures) : 0;
    if (lang === "en") return n === 1 ? 0 : 1;
    if (n % 10 === 1 && n % 100 !== 11) return 0;
    return n % 10 >= 2 && n % 10 <= 4 && !(n % 100 >= 12 && n % 100 <= 14) ? 1 : 2;
  };

  const say = (key, values) => {
    const forms = words[key][lang === "en" ? 0 : 1].split("|");
    const first = Object.values(values)[0];
    let told = forms.length > 1 ? forms[form(first ?? "")] : forms[0];
    for (const [name, value] of Object.entries(values)) {
      told = told.replaceAll("{" + name + "}", () => (lang === "ru" && name.startsWith("n") ? comma(value) : value));
    }
    return told;
  };

  const speak = (wanted) => {
    lang = wanted;
    root.lang = wanted;
    const values = (e) => (e.dataset.a ? JSON.parse(e.dataset.a) : {});
    for (const e of all("[data-w]")) e.textContent = say(e.dataset.w, values(e));
    for (const e of all("[data-wl]")) e.setAttribute("aria-label", say(e.dataset.wl, values(e)));
    for (const e of all("[data-wp]")) e.setAttribute("placeholder", say(e.dataset.wp, {}));
    for (const e of all("[data-n]")) e.textContent = lang === "ru" ? comma(e.dataset.n) : e.dataset.n;
    for (const b of all("[data-lang]")) b.setAttribute("aria-pressed", String(b.dataset.lang === lang));
    document.title = document.querySelector("h1").textContent;
    filter();
  };

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const dress = () => {
    const wish = kept("theme") ?? "auto";
    const theme = wish === "auto" ? (dark.matches ? "dark" : "light") : wish;
    root.dataset.theme = theme;
    for (const b of all("[data-dress]")) b.setAttribute("aria-pressed", String(b.dataset.dress === theme));
  };

  const lines = all(".line");
  const haystack = new Map(lines.map((e) => [e, (e.dataset.text ?? "").toLowerCase()]));
  const at = (id) => document.getElementById(id);
  function filter() {
    if (!at("search")) return;
    const sought = at("search").value.trim().toLowerCase();
    const chosen = ["page", "hand", "kind"].map((key) => [key, at("by-" + key)?.value ?? ""]);
    let shown = 0;
    for (const line of lines) {
      const fits = chosen.every(([key, value]) => !value || (line.dataset[key] ?? "").split("\n").includes(value));
      line.hidden = !(fits && (!sought || haystack.get(line).includes(sought)));
      if (!line.hidden) shown += 1;
    }
    at("shown").textContent = say("lines.shown", { n: String(shown), n1: String(lines.length) });
  }
  const reorder = () => {
    const key = at("order").value;
    const number = (e) => Number(e.dataset[key]);
    const sign = key === "place" ? 1 : -1;
    lines.sort((a, b) => sign * (number(a) - number(b)) || Number(a.dataset.place) - Number(b.dataset.place));
    at("lines-list").append(...lines);
  };

  const sorted = (button) => {
    const head = button.closest("th");
    const table = head.closest("table");
    const place = [...head.parentNode.children].indexOf(head);
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const value = (row) => row.children[place].dataset.v ?? row.children[place].textContent;
    const by = (a, b) => {
      const [x, y] = [value(a), value(b)];
      const numbers = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
      return numbers ? Number(x) - Number(y) : x.localeCompare(y, lang, { numeric: true });
    };
    body.append(...[...body.rows].sort((a, b) => (down ? -1 : 1) * by(a, b)));
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.lang) speak(button.dataset.lang);
    else if (button.dataset.dress) { kept("theme", button.dataset.dress); dress(); }
    else if (button.closest("thead")) sorted(button);
    else if (button.id === "clear") {
      for (const id of ["search", "by-page", "by-hand", "by-kind"]) if (at(id)) at(id).value = "";
      filter();
      at("search").focus();
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "order") reorder();
    else if (event.target.closest(".tools")) filter();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape" && event.target.id === "search") { event.target.value = ""; filter(); }
    } else if (event.key === "/" && at("search")) { event.preventDefault(); at("search").focus(); }
  });
  dark.addEventListener("change", dress);
  addEventListener("beforeprint", () => { for (const d of all("details[data-print]")) d.open = true; });

  dress();
  filter();
})();
