// Marks on their way to the school: kept on this device until the school has answered, sent in one request, and again later.

import { dropOld, stamped } from "../kit/drafts.js";
import { Offline, send } from "../kit/net.js";

const WAIT = 300;
const AGAIN = 4000;
const PREFIX = "roll|";

dropOld(PREFIX);

export class Outbox {
  // `onAnswer(mark)` for each answered mark; `onState(state, count, sentence)` whenever it changes how things stand.
  constructor({ user, url, day, onAnswer = () => {}, onState = () => {} }) {
    Object.assign(this, { url, day, onAnswer, onState, key: `${PREFIX}${user}|${url}|${day}` });
    this.waiting = new Map(read(this.key));
    this.sent = new Map();
    this.canKeep = true;
    addEventListener("online", () => this.flush());
    addEventListener("pagehide", () => this.#leave());
  }

  get size() { return this.waiting.size; }

  put(student, status, seen) {
    const known = this.waiting.get(student);
    const before = known ? known.seen : seen;
    if (status === before && !this.sent.has(student)) this.waiting.delete(student);
    else this.waiting.set(student, { status, seen: before });
    this.#keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAIT);
    this.onState(this.size || this.sent.size ? "saving" : "saved", this.size);
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.sent.size || !this.size) return;
    this.sent = new Map(this.waiting);
    try {
      this.#read(await send(this.url, { data: this.#body() }));
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      this.#later("offline");
    }
  }

  #body() {
    const marks = [...this.waiting].map(([student, { status, seen }]) => ({ student, status, seen }));
    return { day: this.day, marks };
  }

  #read({ ok, status, data }) {
    if (ok && data) return this.#answered(data.marks);
    if (status >= 500) return this.#later("silent");
    if (!data) return this.#later("signedout", false);
    // Understood and refused: it would be refused again, so it is shown and not kept.
    const refused = [...this.sent.keys()];
    for (const student of refused) this.#settle(student, { state: "refused" });
    for (const student of refused) this.onAnswer({ student, state: "refused", status: null, sentence: data.detail });
    return this.#done("refused", data.detail);
  }

  #answered(marks) {
    for (const mark of marks) this.#settle(mark.student, mark);
    for (const mark of marks) this.onAnswer(mark);
    this.#done("saved");
  }

  // What was changed again while it was on its way stays, and is compared with what was just saved.
  #settle(student, mark) {
    const now = this.waiting.get(student);
    if (!now) return;
    if (mark.state === "saved" && now.status !== this.sent.get(student).status) now.seen = mark.status;
    else this.waiting.delete(student);
  }

  #done(state, sentence) {
    this.sent = new Map();
    this.#keep();
    if (this.size) this.timer = setTimeout(() => this.flush(), WAIT);
    this.onState(this.size ? "saving" : state, this.size, sentence);
  }

  #later(state, again = true) {
    this.sent = new Map();
    if (again) this.timer = setTimeout(() => this.flush(), AGAIN);
    this.onState(state, this.size);
  }

  #keep() {
    try {
      if (this.size) localStorage.setItem(this.key, stamped({ marks: [...this.waiting] }));
      else localStorage.removeItem(this.key);
    } catch {
      this.canKeep = false;
    }
  }

  // The page goes before the pause is over: sent all the same, and kept here in case it does not arrive.
  #leave() {
    if (!this.size || this.sent.size || !navigator.onLine) return;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf]").content };
    fetch(this.url, { method: "POST", keepalive: true, headers, body: JSON.stringify(this.#body()) }).catch(() => {});
  }
}

// The rolls of this person that still wait on this device.
export function leftovers(user) {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}${user}|`));
  return keys.map((key) => { const [, , url, day] = key.split("|"); return { user, url, day }; });
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key))?.marks ?? [];
  } catch {
    return [];
  }
}
