// Elements made of text and attributes, never of markup: what a file says can not become a tag.

const SVG = "http://www.w3.org/2000/svg";

/** An element. `props`: attributes; names that begin with "on" are listeners; null and false are left out. */
export function h(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/** An element of a drawing. */
export function s(tag, props = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

function filled(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The element with that id. */
export function $(id) {
  return document.getElementById(id);
}

/** Tells those who listen to the page instead of looking at it. */
export function announce(text) {
  const place = $("said");
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text));
}
