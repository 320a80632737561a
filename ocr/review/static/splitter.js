// The border between scan and text, moved by mouse or arrow keys.

import { $ } from "./dom.js";
import { chosen, choose } from "./look.js";

const [LEAST, MOST] = [15, 85];

export function startSplitter() {
  const bar = $("splitter");
  const stacked = () => chosen().layout === "stack";
  const set = (value) => {
    choose("split", Math.min(MOST, Math.max(LEAST, Math.round(value * 10) / 10)));
    startSplitter.refresh();
  };
  startSplitter.refresh = () => {
    bar.setAttribute("aria-valuenow", String(Math.round(chosen().split)));
    bar.setAttribute("aria-orientation", stacked() ? "horizontal" : "vertical");
  };
  bar.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
    const box = $("page").getBoundingClientRect();
    const move = (moved) => set(stacked() ? ((moved.clientY - box.top) / box.height) * 100 : ((moved.clientX - box.left) / box.width) * 100);
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", () => bar.removeEventListener("pointermove", move), { once: true });
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -3, ArrowUp: -3, ArrowRight: 3, ArrowDown: 3 }[event.key];
    if (!step) return;
    event.preventDefault();
    set(chosen().split + step);
  });
  startSplitter.refresh();
}
startSplitter.refresh = () => undefined;
