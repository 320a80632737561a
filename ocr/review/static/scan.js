// The scan, to look at closely, with lines and words drawn over it.

import { draw, s, $ } from "./dom.js";
import { get } from "./wire.js";
import { t } from "./words.js";

const nothing = () => undefined;
const QUIET = { log: nothing, debug: nothing, info: nothing, warn: nothing, assert: nothing, error: (...words) => console.error(...words) };

/** `on.place(lineId, tokenIndex or null)` on click; `on.over(lineId or null, tokenIndex or null)`. */
export class ScanView {
  constructor(on) {
    this.on = on;
    this.el = $("scan");
    this.lines = s("g", { class: "scan-lines" });
    this.unread = s("g", { class: "scan-unread" });
    this.words = s("g", { class: "scan-words" });
    this.over = s("g", { class: "scan-over" });
    this.tools = s("g", { class: "scan-tools" });
    this.world = s("g", {}, this.lines, this.unread, this.words, this.over, this.tools);
    this.drawing = s("svg", { class: "scan-drawing", "aria-hidden": "true" }, this.world);
    this.page = null;
    this.now = null;
    this.viewer = null;
  }

  /** Opens the scan of a page, its sizes asked for already; gives up quietly when there is none. */
  async open(page, asked) {
    this.page = page;
    this.close();
    this.tellMissing();
    if (page.scan.missing) return;
    const sizes = (await asked) ?? (await get(`/tiles/${page.id}.json`));
    if (this.page !== page) return;
    this.sizes = sizes;
    quietStyle();
    window.OpenSeadragon.console = QUIET; // it warns of tiles that came after their page was left
    this.viewer = window.OpenSeadragon({
      element: this.el,
      drawer: "canvas",
      showNavigationControl: false,
      animationTime: 0.35,
      springStiffness: 9,
      blendTime: 0,
      visibilityRatio: 0.5,
      minZoomImageRatio: 0.7,
      maxZoomPixelRatio: 4,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: false },
      gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true },
      imageLoaderLimit: 4,
      tileSources: {
        width: sizes.width,
        height: sizes.height,
        tileSize: sizes.tile,
        tileOverlap: sizes.overlap,
        minLevel: Math.min(sizes.max_level, Math.max(sizes.min_level, 8)),
        maxLevel: sizes.max_level,
        getTileUrl: (level, x, y) => fill(sizes.url, { level, x, y }),
      },
    });
    this.viewer.canvas.setAttribute("aria-label", this.el.dataset.label ?? "");
    this.viewer.canvas.setAttribute("role", "application");
    this.viewer.canvas.append(this.drawing);
    for (const event of ["open", "update-viewport", "resize", "animation"]) this.viewer.addHandler(event, () => this.lay());
    this.viewer.addHandler("open", () => {
      this.fitWidth(this.wanted ?? this.page.lines[0]);
    });
    this.viewer.addOnceHandler("tile-drawn", () => performance.mark("scan-shown"));
    this.viewer.addHandler("canvas-click", (event) => event.quick && this.clicked(event));
    this.viewer.addHandler("canvas-key", (event) => (event.preventDefaultAction = "frFR".includes(event.originalEvent.key)));
    this.viewer.canvas.addEventListener("pointermove", (event) => this.moved(event));
    this.viewer.canvas.addEventListener("pointerleave", () => this.on.over(null, null));
    this.draw(page);
  }

  /** In place of a scan, why there is none. */
  tellMissing() {
    const { missing, other } = this.page.scan;
    $("scan-missing").hidden = !missing;
    $("scan-missing").textContent = t(other ? "scan_other" : "scan_missing");
  }

  close() {
    this.wanted = null;
    this.viewer?.destroy();
    this.viewer = null;
  }

  get isOpen() {
    return Boolean(this.viewer?.world?.getItemCount());
  }

  /** Lays the drawing over the picture: one move of the whole group. */
  lay() {
    if (!this.isOpen) return;
    const item = this.viewer.world.getItemAt(0);
    const from = item.imageToViewerElementCoordinates(new window.OpenSeadragon.Point(0, 0));
    const to = item.imageToViewerElementCoordinates(new window.OpenSeadragon.Point(1000, 0));
    this.scale = (to.x - from.x) / 1000;
    this.world.setAttribute("transform", `translate(${from.x} ${from.y}) scale(${this.scale})`);
    this.drawing.style.setProperty("--px", String(1 / this.scale));
    this.onLaid?.();
  }

  /** Draws all lines of the page; `now` is the id of the one in work. */
  draw(page, now = this.now) {
    this.page = page;
    this.now = now;
    draw(this.unread, "polygon", page.unread.map(({ outline }) => ({ points: flat(outline), class: "unread-place" })));
    draw(this.lines, "polygon", page.lines.filter((line) => line.outline).map((line) => ({
      points: flat(line.outline), class: `line-place is-${line.state} kind-${line.kind}${line.id === now ? " now" : ""}${line.border === null ? "" : " doubtful"}`, "data-line": line.id,
    })));
  }

  /** Marks the line in work and its words. */
  mark(line, tokens, classes, current) {
    if (this.now !== line.id) this.draw(this.page, line.id);
    draw(this.words, "rect", tokens.flatMap((token, at) =>
      token.box ? { ...sides(token.box), class: `${classes(token)}${at === current ? " at" : ""}` } : []));
  }

  /** Shows one word or line anywhere on the page while the mouse is over it; null ends it. */
  point(box) {
    draw(this.over, "rect", box ? [sides(box)] : []);
  }

  /** The whole scan. */
  home(now = false) {
    if (this.isOpen) this.viewer.viewport.goHome(now);
  }

  /** As wide as the leaf the line stands on, from the line's place downwards. */
  fitWidth(line) {
    const surface = this.page.surfaces.find(({ id }) => id === line?.surface) ?? this.page.surfaces[0];
    if (!surface?.box) return this.home(true);
    const view = this.viewer.viewport;
    const leaf = this.rect(surface.box);
    const shownNow = view.getBounds(true);
    const width = leaf.width * 1.02;
    const height = (width * shownNow.height) / shownNow.width;
    if (height >= leaf.height) return view.fitBounds(leaf, true);
    const middle = line?.box ? this.rect(line.box).getCenter().y : leaf.y;
    const top = Math.min(Math.max(middle - height * 0.35, leaf.y), leaf.y + leaf.height - height);
    return view.fitBounds(new window.OpenSeadragon.Rect(leaf.x - leaf.width * 0.01, top, width, height), true);
  }

  zoom(factor) {
    this.viewer?.viewport?.zoomBy(factor).applyConstraints();
  }

  rect([left, top, right, bottom]) {
    return this.viewer.world.getItemAt(0).imageToViewportRectangle(left, top, right - left, bottom - top);
  }

  /** Brings a line into sight; stays where it is when it can be shownNow already. `near`: enlarges it. */
  goTo(line, now = false, near = false) {
    this.wanted = line;
    if (!this.isOpen || !line?.box) return;
    const view = this.viewer.viewport;
    const place = this.rect(line.box);
    const shownNow = view.getBounds(true);
    if (near) {
      const whole = this.viewer.world.getItemAt(0).getBounds().width;
      const wide = Math.max(place.width * 1.06, whole * 0.3);
      const tall = Math.max(place.height * 3, (wide * shownNow.height) / shownNow.width);
      const centre = place.getCenter();
      // little of what lies beyond the paper, but enough that no button hides the first line
      const sheet = this.viewer.world.getItemAt(0).getBounds();
      const [least, most] = [sheet.y - tall * 0.2, sheet.y + sheet.height - tall * 0.8];
      const top = Math.max(least, Math.min(centre.y - tall / 2, most));
      view.fitBounds(new window.OpenSeadragon.Rect(centre.x - wide / 2, top, wide, tall), now);
      return;
    }
    const [top, bottom] = [shownNow.y + shownNow.height * 0.08, shownNow.y + shownNow.height * 0.92];
    const leaf = this.viewer.world.getItemAt(0).getBounds();
    const fits = place.width < shownNow.width;
    const inside = (place.y > top || shownNow.y <= leaf.y) && (place.y + place.height < bottom || shownNow.y + shownNow.height >= leaf.y + leaf.height);
    const across = !fits || (place.x >= shownNow.x && place.x + place.width <= shownNow.x + shownNow.width);
    if (inside && across) return;
    const centre = shownNow.getCenter();
    const x = across ? centre.x : place.getCenter().x;
    const half = shownNow.height / 2;
    const least = leaf.y + half;
    const most = leaf.y + leaf.height - half;
    const y = least > most ? centre.y : Math.min(Math.max(place.getCenter().y, least), most);
    view.panTo(new window.OpenSeadragon.Point(x, y), now);
  }

  /** The pixel of the scan under a mouse event. */
  pixel(event) {
    const box = this.viewer.canvas.getBoundingClientRect();
    const at = new window.OpenSeadragon.Point(event.clientX - box.left, event.clientY - box.top);
    const point = this.viewer.world.getItemAt(0).viewerElementToImageCoordinates(at);
    return [point.x, point.y];
  }

  clicked(event) {
    if (this.onPoint) return this.onPoint(this.pixel(event.originalEvent));
    const [line, token] = this.hit(this.pixel(event.originalEvent));
    if (line) this.on.place(line.id, token);
    return undefined;
  }

  moved(event) {
    if (!this.isOpen || event.buttons || this.onPoint) return;
    const [line, token] = this.hit(this.pixel(event));
    this.viewer.canvas.classList.toggle("on-line", Boolean(line));
    this.on.over(line?.id ?? null, token);
  }

  hit([x, y]) {
    for (const line of this.page.lines) {
      if (!line.box || !inBox(line.box, x, y, 4)) continue;
      const token = line.live.findIndex(({ box }) => box && inBox(box, x, y, 2));
      if (token >= 0) return [line, token];
    }
    const line = this.page.lines.find(({ box }) => box && inBox(box, x, y, 0));
    return [line ?? null, null];
  }
}

/** The viewer would write a style element (it takes the focus ring away on touch screens), which the desk's
 *  policy forbids. It leaves that when it finds one: an element of that name that is no style. */
function quietStyle() {
  const name = "data-openseadragon-mobile-css";
  if (document.querySelector(`style[${name}]`)) return;
  const style = document.createElementNS("urn:tetradi", "style");
  style.setAttribute(name, "true");
  document.head.append(style);
}

function inBox([left, top, right, bottom], x, y, room) {
  return x >= left - room && x <= right + room && y >= top - room && y <= bottom + room;
}

function sides([left, top, right, bottom]) {
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function flat(points) {
  return points.map((point) => point.join(",")).join(" ");
}

function fill(address, values) {
  return address.replace(/\{(\w+)\}/gu, (_, name) => String(values[name]));
}
