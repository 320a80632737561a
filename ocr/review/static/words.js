// The words of the desk in English and Russian.

import { en } from "./words-en.js";
import { ru } from "./words-ru.js";

const WORDS = { en, ru };
let language = "en";
let plurals = new Intl.PluralRules("en");

export const LANGUAGES = { en: "English", ru: "Русский" };

export function setLanguage(name) {
  language = name in WORDS ? name : "en";
  plurals = new Intl.PluralRules(language);
  document.documentElement.lang = language;
}

/** A sentence, with {names} filled in. A number `n` chooses among forms parted by "|"; a fraction takes the second. */
export function t(key, values = {}) {
  let text = WORDS[language][key] ?? WORDS.en[key] ?? key;
  if (text.includes("|") && "n" in values) {
    const forms = text.split("|");
    const order = language === "ru" ? ["one", "few", "many"] : ["one", "other"];
    const form = Number.isInteger(values.n) ? order.indexOf(plurals.select(values.n)) : 1;
    text = forms[Math.max(0, form)] ?? forms.at(-1);
  }
  return text.replace(/\{(\w+)\}/gu, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A line by its number on the page and, in a table, its row and column. */
export function nameOfLine(line) {
  return [t("line", { n: line.n ?? line.order + 1 }), line.cell && t("cell", line.cell)].filter(Boolean).join(", ");
}

/** A number as the language writes it. */
export function number(value, digits = 0) {
  return value.toLocaleString(language, { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** A chance of being right as per cent. */
export function percent(value) {
  return value === null || value === undefined ? "–" : `${number(Math.floor(value * 1000) / 10, value > 0.99 && value < 1 ? 1 : 0)} %`;
}

/** Fills every element below that names its words: data-t its text, data-t-title, data-t-label. */
export function spell(root) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-title]")) element.title = t(element.dataset.tTitle);
  for (const element of root.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", t(element.dataset.tLabel));
}
