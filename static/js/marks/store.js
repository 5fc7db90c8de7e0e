// Marks that are not sent yet, kept in this browser for one class and one person.

const DAYS = 14;

export class Store {
  constructor(form) {
    this.name = `foremark.marks.${form.dataset.cellsUrl}.${form.dataset.user ?? ""}`;
    this.works = this.#try(() => { localStorage.setItem("foremark.try", "1"); localStorage.removeItem("foremark.try"); return true; }) ?? false;
  }

  // [{exam, student, text, seen}], without those that lay here too long to be meant still.
  read() {
    const kept = this.#try(() => JSON.parse(localStorage.getItem(this.name)));
    if (!kept || Date.now() - kept.at > DAYS * 86_400_000) return [];
    return kept.cells ?? [];
  }

  keep(cells) {
    this.#try(() => {
      if (cells.length) localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), cells }));
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
