// The sentence at a cell that needs a look. It lies beside the cell, never over the one where somebody is typing.

import { element } from "./dialog.js";
import { say } from "./texts.js";

const GAP = 6;
const EDGE = 8;

export class Bubble {
  // `acts` = {keep(cell), take(cell), back(cell)}.
  constructor(grid, wrap, acts) {
    Object.assign(this, { grid, wrap, acts, cell: null });
    this.box = element("div", "", { className: "marks-bubble", hidden: true });
    this.words = element("p");
    this.words.setAttribute("aria-hidden", "true"); // the cell's own description says it
    this.keep = this.#button("keep");
    this.take = this.#button("take");
    this.choice = element("p", "", { className: "actions" });
    this.choice.append(this.keep, this.take);
    this.box.append(this.words, this.choice);
    wrap.after(this.box);
    this.box.addEventListener("keydown", (event) => this.#key(event));
    for (const name of ["scroll", "resize"]) window.addEventListener(name, () => this.#soon(), { capture: true, passive: true });
  }

  #button(key) {
    const made = element("button", say(key), { type: "button", className: "button" });
    made.addEventListener("click", () => this.acts[key](this.cell));
    return made;
  }

  // The cell with the focus comes first; else the one that was judged last.
  show(cell) {
    if (!cell?.isTroubled) return this.hide();
    this.cell = cell;
    this.words.textContent = cell.sentence;
    this.choice.hidden = cell.state !== "conflict";
    this.box.dataset.state = cell.state;
    this.box.hidden = false;
    return this.#place();
  }

  hide() {
    this.cell = null;
    this.box.hidden = true;
  }

  refresh() {
    if (this.cell) this.show(this.cell);
  }

  enter() {
    if (this.box.hidden || this.choice.hidden) return false;
    this.keep.focus();
    return true;
  }

  #key(event) {
    if (event.key === "Escape" || (event.key === "Tab" && event.shiftKey && event.target === this.keep)) this.acts.back(this.cell, 0);
    else if (event.key === "Tab" && !event.shiftKey && event.target === this.take) this.acts.back(this.cell, 1);
    else return;
    event.preventDefault();
  }

  #soon() {
    if (!this.cell || this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; if (this.cell) this.#place(); });
  }

  // Below, unless marking goes on below; then at the right, at the left, above: the first that is free and in the window.
  #place() {
    const at = this.cell.td.getBoundingClientRect();
    const view = this.wrap.getBoundingClientRect();
    const isSeen = at.bottom > view.top && at.top < view.bottom && at.right > view.left && at.left < view.right;
    this.box.classList.toggle("away", !isSeen);
    const { width, height } = this.box.getBoundingClientRect();
    const typing = document.activeElement?.closest?.("td.cell");
    const taken = typing && typing !== this.cell.td ? typing.getBoundingClientRect() : null;
    const left = Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE));
    const top = Math.max(EDGE, Math.min(at.top, innerHeight - height - EDGE));
    const below = [left, at.bottom + GAP];
    const beside = [[at.right + GAP, top], [at.left - width - GAP, top]];
    const isInTheWay = taken && taken.top >= at.bottom && taken.left < at.right && taken.right > at.left;
    const places = [...(isInTheWay ? [...beside, below] : [below, ...beside]), [left, at.top - height - GAP]];
    const isFree = ([x, y]) => x >= 0 && y >= 0 && x + width <= innerWidth && y + height <= innerHeight
      && !(taken && x < taken.right && x + width > taken.left && y < taken.bottom && y + height > taken.top);
    const [x, y] = places.find(isFree) ?? below;
    this.box.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }
}
