// What keys and buttons do, by name.

import { insertGap, makeOrdinary, setExpan, toggleMark } from "./marking.js";
import { acceptSure } from "./sure.js";
import { showKeys } from "./windows.js";

/** What changes the lines of the page or takes such a change back: one after the other. */
export const IN_TURN = new Set(["undo", "redo", "split", "join", "add_line", "add_at", "remove_line", "restore_line", "move", "set_kind", "draw"]);

/** Of these, what knows its page by itself. */
export const OF_ANY_PAGE = new Set(["undo", "redo"]);

/** Everything that keys and buttons can do at a desk, by name. */
export function actsOf(desk) {
  const { work, text, scan, lineWork } = desk;
  return {
    accept: () => work.accept(),
    verify: () => work.accept("verified"),
    reopen: () => work.reopen(),
    doubt: (step) => work.doubt(step),
    step: (by) => work.step(by),
    undo: () => desk.takeBack(),
    redo: () => desk.again(),
    leave: () => desk.leave(),
    digit: (number) => work.digit(number),
    rival: (at) => work.rival(at),
    machine: () => work.machine(),
    right: () => work.right(),
    mark: (mark) => toggleMark(work, mark),
    gap: () => insertGap(work),
    ordinary: () => makeOrdinary(work),
    expan: (value) => setExpan(work, value),
    back_to_field: () => text.field.choose(text.field.current, false),
    letter: (letter) => work.line && text.field.insert(letter),
    split: () => lineWork.split(),
    join: () => lineWork.join(),
    add_line: () => lineWork.add(),
    add_at: (id) => lineWork.addAt(id),
    show_place: (id) => scan.goTo(work.page.unread.find((place) => place.id === id), false, true),
    remove_line: () => lineWork.remove(),
    restore_line: (id) => lineWork.restore(id),
    move: (step) => lineWork.move(step),
    kind: () => text.kind?.focus(),
    set_kind: (kind) => lineWork.setKind(kind),
    reread: () => lineWork.reread(),
    shape: () => desk.shape.start(work.line),
    draw: (shapes) => lineWork.draw(shapes),
    history: () => lineWork.history(),
    compare: () => lineWork.compare(),
    sure: () => acceptSure(desk),
    page_done: () => work.pageDone(),
    zoom_line: () => scan.goTo(work.line, false, true),
    zoom: (factor) => scan.zoom(factor),
    home: () => scan.home(),
    page: (step) => desk.turn(step),
    next_worth: () => desk.nextWorth(),
    keys: () => showKeys(),
  };
}
