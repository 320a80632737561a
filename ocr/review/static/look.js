// How the desk looks: colours, print, layout, language. Kept in this browser.

import { setLanguage } from "./words.js";

const PLACE = "tetradi:look";
const CHOICES = {
  theme: ["auto", "light", "dark"],
  print: ["normal", "large"],
  layout: ["side", "stack"],
  enlarge: ["1", "1.5", "2"],
  language: ["en", "ru"],
};

const system = (navigator.language ?? "").toLowerCase().startsWith("ru") ? "ru" : "en";
const look = { theme: "auto", print: "normal", layout: "side", language: system, enlarge: "1", split: 50, name: "" };
const listeners = new Set();
const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", apply);

/** What is chosen now. */
export function chosen() {
  return look;
}

export function choices(name) {
  return CHOICES[name];
}

export function choose(name, value) {
  look[name] = value;
  try {
    localStorage.setItem(PLACE, JSON.stringify(look));
  } catch {
    // a browser that keeps nothing shows the choice until it is closed
  }
  apply();
  for (const listener of listeners) listener(name);
}

export function onLook(listener) {
  listeners.add(listener);
}

export function restoreLook() {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}") ?? {};
  } catch {
    kept = {};
  }
  for (const [name, allowed] of Object.entries(CHOICES)) if (allowed.includes(kept[name])) look[name] = kept[name];
  if (kept.split >= 15 && kept.split <= 85) look.split = kept.split;
  if (typeof kept.name === "string") look.name = kept.name;
  apply();
}

function apply() {
  const root = document.documentElement;
  root.dataset.theme = look.theme === "auto" ? (dark.matches ? "dark" : "light") : look.theme;
  root.dataset.print = look.print;
  root.dataset.layout = look.layout;
  root.style.setProperty("--split", `${look.split}%`);
  setLanguage(look.language);
}
