// Changes as steps that can be taken back: one typed mark, or a whole block that was pasted or emptied.

export class Writing {
  constructor(saving) {
    this.saving = saving;
    this.done = [];
    this.undone = [];
  }

  // A cell was left after typing.
  note(cell, before) {
    if (cell.text !== before) this.#remember([{ cell, before, after: cell.text }]);
  }

  // Writes texts into cells as one step. `changes` are [{cell, text}]; fixed cells and equal texts fall away.
  write(changes) {
    const step = changes
      .filter(({ cell, text }) => !cell.isFixed && cell.text !== text)
      .map(({ cell, text }) => ({ cell, before: cell.text, after: text }));
    if (!step.length) return 0;
    this.#remember(step);
    this.#put(step, "after");
    return step.length;
  }

  undo() { return this.#turn(this.done, this.undone, "after", "before"); }
  redo() { return this.#turn(this.undone, this.done, "before", "after"); }

  #remember(step) {
    this.done.push(step);
    this.undone = [];
  }

  // What somebody else has written over since then is left as it is. Gives the cells that were changed.
  #turn(from, onto, now, then) {
    const step = from.pop();
    if (!step) return [];
    const still = step.filter((change) => change.cell.holds(change[now]));
    if (still.length) onto.push(still);
    this.#put(still, then);
    return still.map((change) => change.cell);
  }

  #put(step, which) {
    for (const change of step) {
      change.cell.write(change[which]);
      this.saving.change(change.cell);
    }
  }
}
