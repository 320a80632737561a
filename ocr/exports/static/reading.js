// Ties lines of the text to their places on the scan; without it the links between them still work.
"use strict";
const root = document.documentElement;
const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };

function set(name, value) {
  root.dataset[name] = value;
  for (const button of document.querySelectorAll(`button[data-set="${name}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === value || (button.value === "" && value === "on")));
  }
}

function show(id, from) {
  for (const each of document.querySelectorAll(".on")) each.classList.remove("on");
  const line = document.getElementById(id), place = document.getElementById(`z-${id}`);
  for (const each of [line, place]) {
    if (!each) continue;
    each.classList.add("on");
    if (each !== from) each.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  if (place && root.dataset.zoom === "on") {
    const holder = place.closest(".scan"), at = place.getBoundingClientRect(), frame = holder.getBoundingClientRect();
    holder.scrollTop += at.top + at.height / 2 - frame.top - frame.height / 2;
    holder.scrollLeft += at.left - frame.left - 20;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-set]");
  if (button) {
    const name = button.dataset.set;
    const value = button.value || (root.dataset[name] === "on" ? "off" : "on");
    set(name, value);
    if (name === "ui") keep("tetradi-ui", value);
    return;
  }
  const place = event.target.closest("polygon"), line = event.target.closest(".above, .line");
  if (!place && !line) {
    if (!event.target.closest(".pages")) document.querySelector(".pages")?.removeAttribute("open");
    return;
  }
  if (!String(getSelection())) {
    event.preventDefault();
    show(place ? place.id.slice(2) : line.id, place || line);
  }
});

document.querySelector(".pages nav")?.addEventListener("click", () => document.querySelector(".pages").removeAttribute("open"));
set("ui", kept("tetradi-ui") || (/^(ru|uk|be|kk)/.test(navigator.language) ? "ru" : "en"));
for (const name of ["lines", "doubt", "zoom"]) set(name, root.dataset[name]);
