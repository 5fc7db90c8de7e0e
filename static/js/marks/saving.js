// Sends what was typed, a moment after it was typed, and tells the cells what became of it. Nothing typed is ever dropped.

import { Offline, send } from "../kit/net.js";
import { say } from "./texts.js";

export const AFTER_LEAVING = 400;
export const AFTER_TYPING = 1000; // a pause between two digits is no end of typing
const MOST = 500;
const LAST_WAIT = 30_000;

export class Saving {
  // `hears` = {settled(cells), stats(stats), state()}: what the page does with the news.
  constructor(grid, form, store, hears) {
    Object.assign(this, { grid, store, hears, url: form.dataset.cellsUrl });
    this.waiting = new Set();
    this.sending = [];
    this.trouble = ""; // "", "offline", "failed" (tried again), "signed-out" or "refused"
    this.problem = "";
    this.wait = 1000;
    this.answers = 0;
    window.addEventListener("online", () => this.flush());
    window.addEventListener("pagehide", () => this.#sendAtTheDoor());
    this.isLetGo = false; // the page itself is about to load anew; what is typed lies in the store
    window.addEventListener("beforeunload", (event) => { if (this.isAtRisk && !this.isLetGo) event.preventDefault(); });
  }

  get isUnsent() { return this.waiting.size + this.sending.length > 0; }
  // What was just typed goes along with the page; what the school did not accept, or cannot be asked about, does not.
  get isAtRisk() {
    return this.grid.open.some((cell) => cell.isTroubled) || (this.isUnsent && (this.trouble !== "" || !this.store.works));
  }

  get unsent() { return new Set([...this.waiting, ...this.sending]).size; }

  // The text of this cell may be another one now.
  change(cell, delay = AFTER_LEAVING) {
    if (cell.state === "conflict") this.#argue(cell);
    else if (cell.sent === null) this.#sort(cell);
    cell.ready = performance.now() + delay;
    this.keep();
    this.#plan();
    this.hears.state();
  }

  // Typing goes on in a conflict: it is over if both are the same now.
  #argue(cell) {
    if (cell.text === cell.theirs.text) this.resolve(cell, false);
    else this.clash(cell, cell.theirs);
  }

  #sort(cell) {
    if (!cell.isChanged) {
      this.waiting.delete(cell);
      if (cell.state !== "saved") cell.show("");
    } else if (!(cell.isTroubled && cell.judged === cell.text)) {
      this.waiting.add(cell);
      cell.show("unsaved");
    }
  }

  // When the first of them is due, all go that were left; the one being typed in waits for its own pause.
  #plan() {
    const due = Math.min(...[...this.waiting].map((cell) => cell.ready ?? 0));
    if (this.waiting.size) this.#later(Math.max(0, due - performance.now()), (cell) => !cell.hasFocus || cell.ready <= performance.now());
  }

  #later(delay, isReady) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(isReady), delay);
  }

  // What lay in this browser from last time: typed into its cells again, or sent from here if they are on another page.
  restore() {
    for (const kept of this.store.read()) {
      const cell = this.grid.find(kept.exam, kept.student);
      if (cell?.isFixed) continue;
      if (cell) {
        cell.seen = kept.seen;
        cell.write(kept.text);
        if (cell.isChanged) this.#sort(cell);
      } else this.waiting.add(elsewhere(kept));
    }
    if (this.waiting.size) this.flush();
  }

  keep() {
    const open = this.grid.open.filter((cell) => cell.isChanged && cell.state !== "refused");
    const away = [...this.waiting, ...this.sending].filter((cell) => cell.isElsewhere);
    this.store.keep([...open, ...away].map(asSent));
  }

  async flush(isReady = () => true) {
    clearTimeout(this.timer);
    if (this.sending.length || !this.waiting.size) return;
    this.sending = [...this.waiting].filter(isReady).slice(0, MOST);
    if (!this.sending.length) return this.#plan();
    for (const cell of this.sending) {
      this.waiting.delete(cell);
      cell.sent = cell.text;
    }
    this.hears.state();
    try {
      this.#hear(await send(this.url, { data: { cells: this.sending.map(asSent) } }));
    } catch (error) {
      this.#failed("offline");
      if (!(error instanceof Offline)) throw error;
    }
  }

  #hear({ ok, status, data }) {
    if (ok && data) return this.#settle(data);
    if (status >= 500 || status === 429) return this.#failed("failed", say("failed"));
    if (!data || status === 401) return this.#failed("signed-out");
    return this.#failed("refused", data.detail);
  }

  #settle(data) {
    const batch = this.sending;
    const said = new Map(data.cells.map((each) => [`${each.exam}-${each.student}`, each]));
    this.sending = [];
    Object.assign(this, { trouble: "", problem: "" });
    this.wait = 1000;
    this.answers += 1;
    for (const cell of batch) this.#judge(cell, said.get(cell.key));
    this.keep();
    this.hears.stats(data.stats);
    this.hears.settled(batch);
    this.hears.state();
    this.#plan();
  }

  #judge(cell, said) {
    const { sent } = cell;
    const isTypedOn = cell.text !== sent;
    cell.judged = sent;
    cell.sent = null;
    if (said?.state === "saved") {
      cell.settle(said.text, said.seen, sent);
      if (!isTypedOn) return cell.show("saved");
    } else if (said?.state === "conflict") return this.clash(cell, said);
    else if (said && !isTypedOn) return cell.show(said.state, said.sentence);
    if (!cell.isElsewhere) this.#sort(cell);
  }

  // Somebody else entered another mark meanwhile: both are shown, and a person decides.
  clash(cell, theirs) {
    this.waiting.delete(cell);
    cell.theirs = theirs;
    const word = (text) => text || say("empty");
    cell.show("conflict", say("conflict", { by: theirs.by, at: theirs.at, theirs: word(theirs.text), mine: word(cell.text) }));
  }

  resolve(cell, isMineKept) {
    const { text, seen } = cell.theirs;
    if (!isMineKept) cell.write(text);
    cell.show("");
    cell.settle(text, seen);
    this.change(cell, 0);
  }

  #failed(trouble, problem = "") {
    for (const cell of this.sending) {
      cell.sent = null;
      this.waiting.add(cell);
    }
    this.sending = [];
    Object.assign(this, { trouble, problem });
    this.keep();
    this.hears.state();
    this.wait = Math.min(this.wait * 2, LAST_WAIT);
    if (trouble === "offline" || trouble === "failed") this.#later(this.wait);
  }

  // The page is left before the moment is over: the browser finishes this for us. What fails lies in the store still.
  #sendAtTheDoor() {
    if (!this.waiting.size || this.trouble) return;
    const cells = [...this.waiting].slice(0, MOST).map(asSent);
    const headers = { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf]")?.content ?? "" };
    fetch(this.url, { method: "POST", keepalive: true, credentials: "same-origin", headers, body: JSON.stringify({ cells }) }).catch(() => {});
  }
}

const asSent = ({ exam, student, text, seen }) => ({ exam: Number(exam), student: Number(student), text, seen });

// Stands for a cell of another page of exams: it can be sent, and has nothing to show.
function elsewhere(kept) {
  return { ...kept, key: `${kept.exam}-${kept.student}`, sent: null, isElsewhere: true, settle() {}, show() {} };
}
