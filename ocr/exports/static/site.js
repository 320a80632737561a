// What every page of the site has: language, colours, the loading of data. No modules: a page opened from the disk may not load them.
"use strict";

const SITE = (() => {
  const words = window.SITE_WORDS;
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const kept = (name) => {
    try {
      return localStorage.getItem(`tetradi-site:${name}`);
    } catch {
      return null; // a browser that keeps nothing for files
    }
  };
  const keep = (name, value) => {
    try {
      localStorage.setItem(`tetradi-site:${name}`, value);
    } catch {
      // the address carries it on
    }
  };
  const choice = { lang: null, theme: null, doubt: null };
  const allowed = { lang: Object.keys(words), theme: ["light", "dark"], doubt: ["shade", "numbers", "none"] };
  for (const name of Object.keys(choice)) {
    choice[name] = [asked.get(name), kept(name)].find((value) => allowed[name].includes(value)) ?? null;
  }
  let language = choice.lang ?? ((navigator.language ?? "").toLowerCase().startsWith("ru") ? "ru" : "en");
  let plurals = new Intl.PluralRules(language);

  /** Words of the interface; a number `n` chooses among forms parted by "|". */
  function t(key, values = {}) {
    let text = words[language][key] ?? words.en[key] ?? key;
    if (text.includes("|")) {
      const forms = text.split("|");
      const order = language === "ru" ? ["one", "few", "many"] : ["one", "other"];
      text = forms[Math.max(0, order.indexOf(plurals.select(Number(values.n ?? 0))))];
    }
    return text.replace(/\{(\w+)\}/gu, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  function spell() {
    root.lang = language;
    const values = (element) => JSON.parse(element.dataset.v ?? "{}");
    for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t, values(element));
    for (const element of document.querySelectorAll("[data-t-label]")) {
      const label = t(element.dataset.tLabel, values(element));
      element.setAttribute("aria-label", label);
      if (element.localName === "button" || element.localName === "a") element.title ||= label;
    }
    for (const element of document.querySelectorAll("[data-t-alt]")) element.alt = t(element.dataset.tAlt);
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
  }

  /** Links carry what was chosen: of pages opened from the disk some browsers keep nothing in common. */
  function carry() {
    for (const link of document.querySelectorAll("a[href]")) {
      if (link.getAttribute("href").startsWith("#")) continue;
      const address = new URL(link.href);
      for (const [name, value] of Object.entries(choice)) if (value) address.searchParams.set(name, value);
      link.href = address.href;
    }
    for (const form of document.querySelectorAll("form")) {
      for (const [name, value] of Object.entries(choice)) {
        if (!value) continue;
        let field = form.querySelector(`[name=${name}]`);
        if (!field) {
          field = document.createElement("input");
          field.type = "hidden";
          field.name = name;
          form.append(field);
        }
        field.value = value;
      }
    }
  }

  const listeners = [];
  function choose(name, value) {
    choice[name] = value;
    keep(name, value);
    if (name === "lang") {
      language = value;
      plurals = new Intl.PluralRules(language);
      for (const titled of document.querySelectorAll("[data-t-label][title]")) titled.removeAttribute("title");
      spell();
    }
    show();
    carry();
    for (const listener of listeners) listener(name);
  }

  const dark = matchMedia("(prefers-color-scheme: dark)");
  function show() {
    root.dataset.theme = choice.theme ?? (dark.matches ? "dark" : "light");
    root.dataset.doubt = choice.doubt ?? "shade";
  }

  show();
  spell();
  carry();
  dark.addEventListener("change", show);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => choose("lang", button.dataset.language));
  }
  document.getElementById("theme").addEventListener("click", () => choose("theme", root.dataset.theme === "dark" ? "light" : "dark"));
  const field = document.getElementById("q");
  field.value = asked.get("q") ?? "";

  const loaded = new Map();
  /** Loads a script of data below the site, once. */
  function load(name) {
    if (!loaded.has(name)) {
      loaded.set(
        name,
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = `${document.body.dataset.up}${name}`;
          script.onload = () => resolve();
          script.onerror = () => reject(new Error(name));
          document.head.append(script);
        }),
      );
    }
    return loaded.get(name);
  }

  const OLD = { ѣ: "е", і: "и", ї: "и", ѳ: "ф", ѵ: "и", ё: "е", ъ: "" };
  const PREFIX = /^(не)?(бе|во|и|ни|ра|ро|чре|чере)з(?=[кпстфхцчшщ])/u;
  /** A word as it is compared: as `ocr.search.folding.key_of`. */
  function key(word) {
    const bare = word.toLowerCase().normalize("NFC").replace(/[^\p{L}\p{N}]|[\u{10000}-\u{10FFFF}]/gu, "");
    return bare.replace(/[ѣіїѳѵёъ]/gu, (letter) => OLD[letter]).replace(PREFIX, (start) => `${start.slice(0, -1)}с`);
  }

  return { t, choose, choice, load, key, asked, carry, onChoice: (listener) => listeners.push(listener) };
})();
