// Where one is: the cell with the focus, the block around it, and whether the text itself is being edited.

export class Selection {
  // mode: "walk" (typing replaces), "type" (typing goes on, arrows leave), "edit" (arrows move within the text).
  constructor(grid) {
    this.grid = grid;
    this.here = null;
    this.far = null;
    this.mode = "walk";
    this.before = "";
    this.marked = [];
    this.columns = this.#columns();
  }

  // One <col> for each column, so that a whole column is lit by one class.
  #columns() {
    this.grid.table.querySelector("colgroup")?.remove();
    const group = document.createElement("colgroup");
    for (let n = 0; n <= this.grid.heads.length; n += 1) group.append(document.createElement("col"));
    const caption = this.grid.table.querySelector("caption");
    if (caption) caption.after(group);
    else this.grid.table.prepend(group);
    return [...group.children].slice(1);
  }

  get isBlock() { return this.far !== null && this.far !== this.here; }
  get block() { return this.here ? this.grid.block(this.here, this.far ?? this.here) : []; }

  enter(cell) {
    if (this.here !== cell) this.#light(cell);
    this.here = cell;
    this.far = null;
    this.mode = "walk";
    this.before = cell.text;
    this.#mark([]);
    cell.input.select();
  }

  leave() {
    this.mode = "walk";
    this.far = null;
    this.#mark([]);
    this.#light(null);
    this.here = null;
  }

  // Back to this cell alone, its whole text chosen.
  gather() {
    this.reach(this.here);
    this.mode = "walk";
    this.here.input.select();
  }

  // The focus stays; the block reaches to `cell`.
  reach(cell) {
    this.far = cell;
    this.#mark(this.isBlock ? this.block.flat() : []);
  }

  edit() {
    this.mode = "edit";
    const end = this.here.input.value.length;
    this.here.input.setSelectionRange(end, end);
  }

  // As before it was entered; a second time, as the school has it.
  restore() {
    const cell = this.here;
    cell.write(cell.text === this.before ? cell.saved : this.before);
    this.mode = "walk";
    cell.input.select();
  }

  #light(cell) {
    const [old, now] = [this.here?.column, cell?.column];
    if (old === now) return;
    for (const [column, isOn] of [[old, false], [now, true]]) {
      if (column === undefined) continue;
      this.columns[column].classList.toggle("here", isOn);
      this.grid.heads[column].classList.toggle("here", isOn);
    }
  }

  #mark(cells) {
    for (const cell of this.marked) cell.td.classList.remove("chosen");
    for (const cell of cells) cell.td.classList.add("chosen");
    this.marked = cells;
  }
}
