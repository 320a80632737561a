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

/** Makes the shapes in a group these, each told by its attributes; only what differs is touched. */
export function draw(group, tag, wanted) {
  while (group.childElementCount > wanted.length) group.lastElementChild.remove();
  wanted.forEach((props, at) => {
    const shape = group.children[at] ?? group.appendChild(s(tag));
    for (const [name, value] of Object.entries(props)) if (shape.getAttribute(name) !== String(value)) shape.setAttribute(name, value);
  });
}

/** The element with that id. */
export function $(id) {
  return document.getElementById(id);
}

/** The work, asked for as often as one likes and done once after the next frame: what a key writes is seen first. */
export function afterFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => setTimeout(() => {
      asked = false;
      work();
    }));
  };
}

/** Tells those who listen to the page instead of looking at it. */
export function announce(text) {
  const place = $("said");
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text));
}
