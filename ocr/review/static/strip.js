// The line in work, enlarged, with the place of each word marked on it.

import { draw, h, s } from "./dom.js";
import { chosen } from "./look.js";
import { stripAddress } from "./wire.js";

const [LEAST_REM, MOST_REM] = [4.3, 8];
const STEPS = [60, 90, 120, 160, 220, 300, 400];

/** `on.word(index)` when a word is clicked, `on.over(index or null)` when the mouse is over one. */
export class Strip {
  constructor(on) {
    this.picture = h("img", { alt: "", draggable: "false", decoding: "async" });
    this.drawing = s("svg", { class: "places", "aria-hidden": "true", preserveAspectRatio: "none" });
    this.sheet = h("div", { class: "strip-sheet" }, this.picture, this.drawing);
    this.el = h("div", { class: "strip", tabindex: "0", role: "group" }, this.sheet);
    this.el.addEventListener("click", (event) => {
      const word = this.wordAt(event);
      if (word !== null) on.word(word);
    });
    this.el.addEventListener("pointermove", (event) => on.over(this.wordAt(event)));
    this.el.addEventListener("pointerleave", () => on.over(null));
    this.picture.addEventListener("error", () => this.el.classList.add("lost"));
  }

  /** Shows a line; `label` is what it is called. */
  show(page, line, label) {
    this.line = line;
    this.revealed = null;
    this.el.classList.remove("lost");
    this.el.hidden = !line.strip || page.scan.missing;
    this.el.setAttribute("aria-label", label);
    if (this.el.hidden) return;
    this.page = page;
    this.fit();
  }

  /** Sizes the strip anew. */
  fit() {
    if (!this.line?.strip || this.el.hidden) return;
    const { width, height } = this.line.strip;
    const room = this.el.clientWidth || 600;
    const shown = tall(room, this.line.strip);
    this.scale = shown / height;
    this.sheet.style.width = `${Math.round(width * this.scale)}px`;
    this.sheet.style.height = `${Math.round(shown)}px`;
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.picture.src = stripAddress(this.page, this.line, pixels(shown));
  }

  /** Marks the words: `classes(token)`; `current` is the one at the cursor. */
  mark(tokens, classes, current) {
    if (this.el.hidden) return;
    this.tokens = tokens;
    draw(this.drawing, "polygon", tokens.flatMap((token, at) =>
      token.box ? { points: this.corners(token.box), "data-at": at, class: `${classes(token)}${at === current ? " at" : ""}` } : []));
    const box = tokens[current]?.box ?? null;
    if (box && box !== this.revealed) this.reveal(box);
    this.revealed = box;
  }

  corners([left, top, right, bottom]) {
    return [[left, top], [right, top], [right, bottom], [left, bottom]].map((point) => this.to(point).join(",")).join(" ");
  }

  to([x, y]) {
    const [a, b, c, d, e, f] = this.line.strip.to;
    return [a * x + b * y + c, d * x + e * y + f];
  }

  reveal(box) {
    const [from] = this.to([box[0], box[1]]);
    const [until] = this.to([box[2], box[3]]);
    const [left, right] = [from * this.scale, until * this.scale];
    const room = this.el.clientWidth;
    if (left < this.el.scrollLeft + 24) this.el.scrollLeft = left - room / 4;
    else if (right > this.el.scrollLeft + room - 24) this.el.scrollLeft = right - (room * 3) / 4;
  }

  wordAt(event) {
    if (!this.tokens || !this.line) return null;
    const sheet = this.sheet.getBoundingClientRect();
    const x = (event.clientX - sheet.left) / this.scale;
    const word = this.tokens.findIndex((token) => {
      if (!token.box) return false;
      const [from] = this.to([token.box[0], token.box[1]]);
      const [until] = this.to([token.box[2], token.box[3]]);
      return x >= from - 4 && x <= until + 4;
    });
    return word < 0 ? null : word;
  }
}

/** Loads the picture of a line before it is wanted. */
export function prefetch(page, line, like) {
  if (!line?.strip || page.scan.missing) return;
  const room = like.el.clientWidth || 600;
  new Image().src = stripAddress(page, line, pixels(tall(room, line.strip)));
}

/** As wide as its room, within bounds: neither too low to be read nor so tall that it hides the lines. */
function tall(room, { width, height }) {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const fits = Math.min(Math.max(room * (height / width), LEAST_REM * rem), MOST_REM * rem);
  return Math.min(fits * Number(chosen().enlarge), window.innerHeight * 0.4);
}

function pixels(shown) {
  const wanted = shown * Math.min(window.devicePixelRatio || 1, 2);
  return STEPS.find((step) => step >= wanted) ?? STEPS.at(-1);
}
