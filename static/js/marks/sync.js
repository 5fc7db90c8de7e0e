// What others change meanwhile comes in within seconds. What somebody is typing here is never written over.

import { Offline, send } from "../kit/net.js";

const SOON = 4000;
const SELDOM = 30_000;
const IDLE = 5 * 60_000;

export class Sync {
  // `hears` = {others(changes), stats(stats), reload(), isEdited(cell)}.
  constructor(grid, form, saving, hears) {
    Object.assign(this, { grid, saving, hears, url: form.dataset.changesUrl, stamp: form.dataset.stamp });
    this.exams = grid.heads.map((head) => head.dataset.exam).join(",");
    this.wait = SOON;
    this.active = Date.now();
    for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, () => { this.active = Date.now(); }, { passive: true });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.ask(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.ask(); });
    this.#later();
  }

  #later() {
    clearTimeout(this.timer);
    const isQuiet = document.hidden || Date.now() - this.active > IDLE;
    this.timer = setTimeout(() => this.ask(), isQuiet ? SELDOM : this.wait);
  }

  async ask() {
    clearTimeout(this.timer);
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      await this.#once();
    } catch (error) {
      this.wait = Math.min(this.wait * 2, SELDOM);
      if (!(error instanceof Offline)) throw error;
    } finally {
      this.isAsking = false;
      if (!this.isOver) this.#later();
    }
  }

  async #once() {
    const { answers } = this.saving;
    const wasSending = this.saving.sending.length > 0;
    const { ok, data } = await send(`${this.url}?since=${encodeURIComponent(this.stamp)}&exams=${this.exams}`, { method: "GET" });
    if (!ok || !data) {
      this.wait = Math.min(this.wait * 2, SELDOM);
      return;
    }
    this.wait = SOON;
    // Asked before our own marks were in: it may say what was before them. The next answer will not.
    if (wasSending || answers !== this.saving.answers || this.saving.sending.length) return;
    this.#take(data);
  }

  #take({ cells, stats, stamp, reload }) {
    this.stamp = stamp;
    const changes = cells
      .map((said) => ({ said, cell: this.grid.find(said.exam, said.student) }))
      .filter(({ said, cell }) => cell && !cell.isFixed && this.#adopt(cell, said));
    this.hears.stats(stats);
    this.saving.keep();
    if (changes.length) this.hears.others(changes);
    if (reload) this.hears.reload();
    this.isOver = reload;
  }

  // True if there was something new in it.
  #adopt(cell, said) {
    if (said.seen === (cell.theirs ?? cell).seen) return false;
    if (said.text === cell.text || !cell.isChanged) {
      const isNew = said.text !== cell.text;
      if (isNew) cell.write(said.text);
      cell.settle(said.text, said.seen);
      this.saving.waiting.delete(cell);
      cell.show("");
      if (isNew) cell.flash();
      return isNew;
    }
    this.saving.clash(cell, said);
    return true;
  }
}
