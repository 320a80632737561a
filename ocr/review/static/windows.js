// Windows over the page: keys, look, history, comparison, merging.

import { $, h } from "./dom.js";
import { sheet } from "./keys.js";
import { choices, chosen, choose } from "./look.js";
import { nameOf } from "./model.js";
import { differences, lineText, shown } from "./tokens.js";
import { LANGUAGES, number, t } from "./words.js";

/** Shows a window; the promise gives what was chosen, or null when it was closed. `enter`: Enter takes the first button. */
export function openWindow(title, inside, buttons = [], small = false, enter = true) {
  return new Promise((done) => {
    let chosenValue = null;
    const close = (value) => {
      chosenValue = value;
      dialog.close();
    };
    const heading = h("h2", { id: `title-${Date.now()}` }, title);
    const dialog = h("dialog", { class: small ? "small" : null, "aria-labelledby": heading.id },
      h("div", { class: "window" },
        h("header", {}, heading, h("button", { type: "button", class: "tool", onclick: () => close(null) }, t("close"))),
        h("div", { class: "inside", tabindex: "0" }, typeof inside === "function" ? inside(close) : inside),
        buttons.length ? h("footer", {}, buttons.map((button) =>
          h("button", { type: "button", class: `tool${button.primary ? " primary" : ""}`, autofocus: button.primary && enter, disabled: button.disabled, onclick: () => close(button.value()) }, button.label))) : null,
      ));
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(chosenValue);
    });
    dialog.addEventListener("click", (event) => event.target === dialog && close(null));
    $("windows").append(dialog);
    dialog.showModal();
    if (!enter) (dialog.querySelector(".inside input:not(:checked)") ?? dialog.querySelector(".inside")).focus();
  });
}

export function showKeys() {
  return openWindow(t("keys"), [h("p", { class: "quiet" }, t("also_mouse")), sheet()]);
}

/** Colours, print, layout, language, name. */
export function showLook(named) {
  const labels = { theme: (name) => t(`theme_${name}`), print: (name) => t(`print_${name}`), layout: (name) => t(`layout_${name}`), enlarge: (times) => `${number(Number(times), times === "1.5" ? 1 : 0)} ×`, language: (code) => LANGUAGES[code] };
  const field = (name) => h("fieldset", {}, h("legend", {}, t(name)), choices(name).map((choice) =>
    h("label", {}, h("input", { type: "radio", name, value: choice, checked: chosen()[name] === choice, onchange: () => choose(name, choice) }), labels[name](choice))));
  const name = h("input", { type: "text", value: named, maxlength: "200", id: "my-name", onchange: () => choose("name", name.value.trim()) });
  return openWindow(t("look"), h("div", { class: "looks" }, Object.keys(labels).map(field),
    h("div", {}, h("label", { for: "my-name" }, t("me")), " ", name)), [], true);
}

/** What a line said before; gives the index of the state to return to. */
export function showHistory(page, line, past) {
  const now = lineText(line.live);
  const entry = (text, about, act) => h("li", {}, h("div", { class: "quiet" }, about), h("div", { class: "said" }, compared(text, now)), act);
  return openWindow(t("history_of", { n: line.n ?? line.order + 1 }), (close) => [
    h("div", { class: "result" }, now || t("nothing_there")),
    past.length ? null : h("p", {}, t("history_none")),
    h("ol", { class: "past" }, past.map((earlier, at) => {
      const who = earlier.who ? nameOf(page, earlier.who) : t("machine");
      const when = earlier.when ? new Date(earlier.when).toLocaleString(document.documentElement.lang) : "";
      const text = earlier.text ?? lineText(earlier.tokens ?? []);
      return entry(text, `${who} ${when}`, h("button", { type: "button", class: "tool", disabled: text === now, onclick: () => close(at) }, t("return_to")));
    })),
  ]);
}

function compared(text, now) {
  return differences(text, now).filter(({ was }) => was !== null)
    .flatMap(({ was, now: is }) => [h("span", { class: was === is ? null : "differs" }, was), " "]);
}

/** Three readings of a line in runs of words, as the desk brought them together; gives the tokens that shall stand, or null. */
export function mergeWindow(line, merge) {
  const slots = merge.map((run) => ({ ...run, clash: run.pick === null }));
  return chooseWords(t("merge"), t("merge_say", { n: line.n ?? line.order + 1 }), slots,
    { base: t("merge_base"), mine: t("merge_mine"), theirs: t("merge_theirs") },
    [{ label: t("merge_take_theirs"), side: "theirs" }, { label: t("merge_take_mine"), side: "mine" }], t("merge_save"));
}

/** Runs of words to choose between; gives the tokens chosen, or null. A slot, {side: tokens}, without a `pick` waits for a
 *  person: nothing can be saved before, and no key saves what was not looked at. */
export function chooseWords(title, say, slots, sides, shortcuts, save) {
  const result = h("div", { class: "result", "aria-live": "polite" });
  const hint = h("p", { class: "quiet" }, t("merge_choose"));
  const names = Object.keys(sides);
  const pickable = names.filter((name) => name !== "base");
  const rows = slots.map((slot, at) => h("tr", { class: slot.clash ? "clash" : null }, names.map((side) => cell(slot, at, side))));
  const tokens = () => slots.flatMap((slot) => slot[slot.pick]);
  const waiting = () => slots.some((slot) => !slot.pick);
  const paint = () => {
    const words = slots.flatMap((slot) => {
      const either = () => h("span", { class: "differs" }, pickable.map((side) => lineText(slot[side]) || "–").join(" / "));
      const word = slot.pick ? lineText(slot[slot.pick]) : either();
      return word ? [word, " "] : [];
    });
    result.replaceChildren(...(words.length ? words.slice(0, -1) : [t("nothing_there")]));
    hint.hidden = !waiting();
    const button = result.closest("dialog")?.querySelector("footer .primary");
    if (button) button.disabled = waiting();
    rows.forEach((row, at) => names.forEach((side, column) => {
      const chosenHere = slots[at].pick === side;
      row.children[column].classList.toggle("chosen", chosenHere && slots[at].open);
      const radio = row.children[column].querySelector("input");
      if (radio) radio.checked = chosenHere;
    }));
  };
  function cell(slot, at, side) {
    const text = slot[side].length ? lineText(slot[side]) : h("i", { class: "quiet" }, t("nothing_there"));
    slot.open = new Set(pickable.map((name) => JSON.stringify(slot[name].map((token) => [shown(token), token.marks])))).size > 1;
    if (side === "base" || !slot.open) return h("td", {}, text);
    const radio = h("input", { type: "radio", name: `slot-${at}`, value: side, onchange: () => { slot.pick = side; paint(); } });
    return h("td", {}, h("label", {}, radio, h("span", {}, text)));
  }
  const body = [
    h("p", {}, say),
    h("table", { class: "words" }, h("thead", {}, h("tr", {}, names.map((side) => h("th", { scope: "col" }, sides[side])))), h("tbody", {}, rows)),
    h("p", { class: "quiet" }, t("merge_result")), result, hint,
  ];
  paint();
  const all = (side) => () => {
    for (const slot of slots) slot.pick = side;
    return tokens();
  };
  return openWindow(title, body, [
    ...shortcuts.map(({ label, side }) => ({ label, value: all(side) })),
    { label: save, value: tokens, primary: true, disabled: waiting() },
  ], false, false);
}
