// One cell: what is typed in it, what the school has of it, and how its state is shown.

// States in which a person has to decide something before the mark is the school's.
export const TROUBLED = new Set(["invalid", "conflict", "refused"]);
const TICK = 1400;
const FLASH = 2600;

export class Cell {
  constructor(td, row, column) {
    Object.assign(this, { td, row, column, exam: td.dataset.exam, student: td.dataset.student });
    this.input = td.querySelector("input:not([type=hidden])");
    this.note = td.querySelector(".cell-note");
    this.saved = (this.input ?? td).dataset.saved ?? "";
    this.seen = this.input?.dataset.seen ?? "";
    this.alias = null; // what was typed where the school writes it otherwise: 17,5 for 17.5
    this.sent = null; // the text that is on its way
    this.theirs = null; // in a conflict: what somebody else entered
    this.state = this.input?.getAttribute("aria-invalid") === "true" ? "invalid" : "";
    if (this.state) td.dataset.state = this.state;
    this.dress();
  }

  get key() { return `${this.exam}-${this.student}`; }
  get isFixed() { return !this.input; }
  get text() { return this.input ? this.input.value.trim() : this.saved; }
  get isChanged() { return this.text !== this.saved && this.text !== this.alias; }
  get isTroubled() { return TROUBLED.has(this.state); }
  get sentence() { return this.note?.textContent.trim() ?? ""; }
  get hasFocus() { return document.activeElement === this.input; }

  write(text) {
    this.input.value = text;
    this.dress();
  }

  // What the school has is known anew; the typed text stays as long as somebody is in the cell.
  // `sent` is how it was typed; what was typed after that is another text.
  settle(text, seen, sent = text) {
    this.saved = text;
    this.seen = seen;
    this.theirs = null;
    this.alias = sent !== text && this.text === sent ? sent : null;
    if (this.alias !== null) this.spelling = { typed: sent, written: text };
    if (!this.hasFocus) this.tidy();
  }

  // Is this text in the cell, perhaps as the school spells it?
  holds(text) {
    const { typed, written } = this.spelling ?? {};
    return this.text === text || (typed === text && written === this.text);
  }

  // On leaving: the text as the school writes it.
  tidy() {
    if (this.alias !== null && this.text === this.alias) this.write(this.saved);
    this.alias = null;
    this.dress();
  }

  // Codes are words beside figures, and look it.
  dress() {
    this.td.classList.toggle("code", /^[\p{L}-]/u.test(this.text));
  }

  show(state, sentence = "") {
    this.state = state;
    if (state) this.td.dataset.state = state;
    else delete this.td.dataset.state;
    if (this.note && this.note.textContent !== sentence) this.note.textContent = sentence;
    if (!this.input) return;
    if (this.isTroubled) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    if (state === "saved") setTimeout(() => { if (this.state === "saved") this.show(""); }, TICK);
  }

  flash() {
    this.td.classList.add("changed");
    setTimeout(() => this.td.classList.remove("changed"), FLASH);
  }
}
