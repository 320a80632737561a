// The desk itself: notebooks with their progress, and the lines most worth doing first.

import { $, h } from "./dom.js";
import { get, stripAddress } from "./wire.js";
import { nameOfLine, number, t } from "./words.js";

let open = null;
let timer = null;

/** Shows the notebooks and the queue; `alive()` tells whether the front page is still in sight. */
export async function showFront(desk, alive) {
  clearTimeout(timer);
  const counting = desk.notebooks.some((book) => book.counted < book.pages);
  const books = h("ul", { id: "books" }, desk.notebooks.map(bookRow));
  const queue = h("ol", { class: "queue", id: "queue" });
  $("front-lists").replaceChildren(
    h("section", { "aria-labelledby": "h-books" }, h("h2", { id: "h-books" }, t("notebooks")), books,
      desk.notebooks.length ? null : h("p", {}, t("no_notebooks"))),
    h("section", { "aria-labelledby": "h-queue" }, h("h2", { id: "h-queue" }, t("queue")), h("p", { class: "quiet" }, t("queue_say")), queue),
  );
  if (desk.notebooks.length === 1 || open === null) open = open ?? desk.notebooks[0]?.id ?? null;
  if (open) await unfold(books.querySelector(`[data-book="${CSS.escape(open)}"]`));
  const lines = await get("/api/queue?n=12");
  queue.replaceChildren(...lines.map(waiting));
  if (!lines.length) queue.append(h("li", { class: "quiet" }, t(counting ? "counting" : "queue_none")));
  if (counting) timer = setTimeout(async () => alive() && showFront(await get("/api/desk"), alive), 1500);
}

function bookRow(book) {
  const done = h("progress", { max: Math.max(book.pages, 1), value: book.done, "aria-label": book.name });
  const left = book.seconds ? t("minutes", { n: number(Math.max(1, book.seconds / 60)) }) : "";
  return h("li", { class: "book", "data-book": book.id },
    h("button", { type: "button", "aria-expanded": "false", onclick: (event) => unfold(event.currentTarget.parentElement) },
      h("b", {}, book.name), done,
      h("span", { class: "quiet" }, [t("progress", { done: book.done, n: book.pages }), left].filter(Boolean).join(" · "))));
}

async function unfold(item) {
  const button = item?.querySelector("button");
  if (!button) return;
  const shown = item.querySelector(".pages");
  if (shown) {
    shown.remove();
    button.setAttribute("aria-expanded", "false");
    open = null;
    return;
  }
  open = item.dataset.book;
  button.setAttribute("aria-expanded", "true");
  const pages = await get(`/api/notebooks/${encodeURIComponent(item.dataset.book)}/pages`);
  if (item.querySelector(".pages")) return;
  item.append(h("ul", { class: "pages" }, pages.map((page) => h("li", {},
    h("a", { href: `#/page/${page.id}` }, h("b", {}, page.name),
      h("progress", { max: Math.max(page.lines, 1), value: page.accepted, "aria-label": t("lines_done", { done: page.accepted, n: page.lines }) }),
      h("span", { class: "quiet" }, page.state === "draft" ? `${number(page.accepted)} / ${number(page.lines)}` : t(`state_${page.state}`)))))));
}

function waiting(row, at) {
  const line = { id: row.line, outline: [], baseline: [] };
  const picture = h("img", { src: stripAddress({ id: row.page }, line, 90), alt: "", loading: "lazy" });
  picture.addEventListener("error", () => picture.remove());
  return h("li", {}, h("a", { href: `#/page/${row.page}/${encodeURIComponent(row.line)}` }, picture,
    h("div", { class: "about" }, h("b", {}, [row.name, leafOf(row.line), nameOfLine(row)].filter(Boolean).join(", ")),
      h("span", { class: "quiet" }, t("expected", { n: Number(row.expected_errors.toFixed(1)), x: number(row.expected_errors, 1) })),
      h("span", { class: "quiet" }, t("per_minute", { x: number(row.worth, 1) })),
      at === 0 ? h("span", { class: "start" }, t("start")) : null)));
}

/** Of a spread, which leaf, as our ids tell it. */
function leafOf(id) {
  const leaf = Number(/^s(\d+)_/u.exec(id)?.[1] ?? 1);
  return leaf > 1 ? t("leaf", { n: leaf }) : null;
}
