// What may be said of words and lines, as the desk tells it before any page is shown.

/** `marks` of a word, those that a part of it may have, kinds of lines, and from which confidence on a word is called likely and sure. */
export const scheme = { marks: [], partial: [], kinds: [], confidence: { likely: 1, sure: 1 } };

/** Takes over what GET /api/scheme gives. */
export function setScheme({ marks, partial, kinds, confidence }) {
  Object.assign(scheme, { marks, partial, kinds, confidence });
}
