// Marks that are not sent yet, kept in this browser for one class and one person.

import { dropOld, stamped } from "../kit/drafts.js";

const PREFIX = "foremark.marks.";

export class Store {
  constructor(form) {
    dropOld(PREFIX);
    this.name = `${PREFIX}${form.dataset.cellsUrl}.${form.dataset.user ?? ""}`;
    this.works = this.#try(() => { localStorage.setItem("foremark.try", "1"); localStorage.removeItem("foremark.try"); return true; }) ?? false;
  }

  // [{exam, student, text, seen}].
  read() {
    return this.#try(() => JSON.parse(localStorage.getItem(this.name)))?.cells ?? [];
  }

  keep(cells) {
    this.#try(() => {
      if (cells.length) localStorage.setItem(this.name, stamped({ cells }));
      else localStorage.removeItem(this.name);
    });
  }

  // A browser may forbid the storage or have it full; then the page warns before it is closed.
  #try(act) {
    try {
      return act();
    } catch {
      this.works = false;
      return null;
    }
  }
}
