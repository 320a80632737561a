// The baseline and the outline of a line drawn over the scan, moved by mouse or by keys.

import { $, h, s } from "./dom.js";
import { t } from "./words.js";

const STEP_PX = 2;
const MANY = 24;

/** `desk.lineWork.draw` saves; one line is in work at a time. */
export class Shape {
  constructor(desk) {
    this.desk = desk;
    this.el = $("shaping");
    this.line = null;
    this.el.addEventListener("keydown", (event) => this.key(event));
  }

  get isOpen() {
    return this.line !== null;
  }

  start(line) {
    const { scan } = this.desk;
    if (!line || !scan.isOpen) return;
    this.stop(false);
    this.line = line;
    this.points = [
      ...thinned(line.outline ?? []).map((at) => ({ at: [...at], on: "outline" })),
      ...(line.baseline ?? []).map((at) => ({ at: [...at], on: "baseline" })),
    ];
    this.now = 0;
    this.drawing = null;
    this.moved = { outline: false, baseline: false };
    const button = (label, act, primary = false) => h("button", { type: "button", class: `tool${primary ? " primary" : ""}`, onclick: act }, label);
    this.say = h("p", {}, t("shape_say"));
    this.board = h("div", { class: "board", tabindex: "0", role: "group", "aria-label": t("shape_of", { n: line.n ?? line.order + 1 }) },
      h("b", {}, t("shape_of", { n: line.n ?? line.order + 1 })), this.say);
    this.el.replaceChildren(this.board, h("div", { class: "group" },
      button(t("shape_save"), () => this.save(), true), button(t("redraw"), () => this.redraw()), button(t("cancel"), () => this.stop())));
    this.el.hidden = false;
    scan.drawing.classList.add("shaped");
    scan.onLaid = () => this.size();
    scan.goTo(line, false, true);
    this.paint();
    this.board.focus();
  }

  stop(back = true) {
    if (!this.line) return;
    const { line } = this;
    this.line = null;
    this.el.hidden = true;
    this.desk.scan.tools.replaceChildren();
    this.desk.scan.drawing.classList.remove("shaped");
    this.desk.scan.onLaid = null;
    this.desk.scan.onPoint = null;
    if (back) this.desk.open(line.id);
  }

  list(on) {
    return this.points.filter((point) => point.on === on).map((point) => point.at.map((value) => Math.round(value * 10) / 10));
  }

  paint() {
    const tools = this.desk.scan.tools;
    const text = (on) => this.list(on).map((at) => at.join(",")).join(" ");
    const dots = this.points.map((point, at) => {
      const dot = s("circle", { cx: point.at[0], cy: point.at[1], class: `on-${point.on}${at === this.now ? " now" : ""}` });
      dot.addEventListener("pointerdown", (event) => this.drag(event, at));
      return dot;
    });
    const shape = this.drawing ? s("polyline", { points: text("outline") }) : s("polygon", { points: text("outline") });
    tools.replaceChildren(shape, s("polyline", { points: text("baseline") }), ...dots);
    this.size();
  }

  size() {
    const radius = 6 / (this.desk.scan.scale || 1);
    for (const dot of this.desk.scan.tools.querySelectorAll("circle")) dot.setAttribute("r", radius);
  }

  drag(event, at) {
    event.preventDefault();
    event.stopPropagation();
    this.now = at;
    const point = this.points[at];
    const move = (moved) => {
      point.at = this.desk.scan.pixel(moved);
      this.moved[point.on] = true;
      this.paint();
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      this.board.focus();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    this.paint();
  }

  key(event) {
    const inButton = event.target.closest("button");
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = (event.shiftKey ? 10 : 1) * STEP_PX;
    const point = this.points[this.now];
    if (event.key === "Escape") this.stop();
    else if (event.key === "Enter" && !inButton) this.finish();
    else if (event.key === "Tab" && !inButton && this.points.length && !this.leaves(event)) this.now += event.shiftKey ? -1 : 1;
    else if (arrows[event.key] && point) {
      point.at = point.at.map((value, axis) => value + arrows[event.key][axis] * step);
      this.moved[point.on] = true;
    } else if (event.key === "Delete" && point) this.remove();
    else if (event.key === "Insert" && point) this.add();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (this.line) this.paint();
  }

  /** After the last point Tab goes on to the buttons, so that nobody is caught. */
  leaves(event) {
    return event.shiftKey ? this.now === 0 : this.now === this.points.length - 1;
  }

  remove() {
    const { on } = this.points[this.now];
    if (this.list(on).length <= (on === "outline" ? 3 : 2)) return;
    this.points.splice(this.now, 1);
    this.now = Math.min(this.now, this.points.length - 1);
    this.moved[on] = true;
  }

  /** A point half way to the next one of the same kind. */
  add() {
    const point = this.points[this.now];
    const after = this.points[this.now + 1];
    const next = after?.on === point.on ? after : this.points.find(({ on }) => on === point.on);
    const at = [(point.at[0] + next.at[0]) / 2, (point.at[1] + next.at[1]) / 2];
    this.points.splice(this.now + 1, 0, { at, on: point.on });
    this.now += 1;
    this.moved[point.on] = true;
  }

  /** The outline is drawn anew by clicking around the line. */
  redraw() {
    this.points = this.points.filter((point) => point.on !== "outline");
    this.drawing = true;
    this.moved.outline = true;
    this.now = -1;
    this.say.textContent = t("redraw_say");
    this.desk.scan.onPoint = (at) => {
      const count = this.list("outline").length;
      this.points.splice(count, 0, { at, on: "outline" });
      this.now = count;
      this.paint();
      setTimeout(() => this.board.focus()); // the viewer takes it at every click
    };
    this.paint();
    this.board.focus();
  }

  finish() {
    if (!this.drawing) return void this.save();
    if (this.list("outline").length < 3) return undefined;
    this.drawing = null;
    this.desk.scan.onPoint = null;
    this.say.textContent = t("shape_say");
    return undefined;
  }

  async save() {
    const { line, moved } = this;
    const after = [];
    const before = [];
    if (moved.outline && this.list("outline").length > 2) {
      after.push({ change: "RedrawOutline", line: line.id, points: this.list("outline") });
      before.push({ change: "RedrawOutline", line: line.id, points: line.outline });
    }
    if (moved.baseline) {
      after.push({ change: "MoveBaseline", line: line.id, points: this.list("baseline") });
      before.push({ change: "MoveBaseline", line: line.id, points: line.baseline });
    }
    this.stop(false);
    this.desk.open(line.id);
    if (after.length) await this.desk.act("draw", { line, after, before });
  }
}

/** Few enough points to take hold of: of a long outline, those that matter to its form. */
function thinned(points) {
  let tolerance = 1;
  let out = points;
  while (out.length > MANY && tolerance < 200) {
    out = simple(points, tolerance);
    tolerance *= 1.5;
  }
  return out;
}

/** Douglas and Peucker, 1973. */
function simple(points, tolerance) {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points.at(-1)];
  let worst = 0;
  let at = 0;
  points.forEach((point, index) => {
    const away = apartFrom(point, first, last);
    if (index > 0 && index < points.length - 1 && away > worst) [worst, at] = [away, index];
  });
  if (worst <= tolerance) return [first, last];
  return [...simple(points.slice(0, at + 1), tolerance).slice(0, -1), ...simple(points.slice(at), tolerance)];
}

function apartFrom([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = Math.hypot(dx, dy);
  if (length === 0) return Math.hypot(x - ax, y - ay);
  return Math.abs(dy * x - dx * y + bx * ay - by * ax) / length;
}
