// The places of the grid: which cell lies where, and which one a step leads to. Fixed cells are passed over.

import { Cell } from "./cell.js";

export class Grid {
  constructor(table) {
    this.table = table;
    this.heads = [...table.querySelectorAll("thead th[data-exam]")];
    this.rows = [...table.querySelectorAll("tbody tr[data-student]")];
    this.cells = this.rows.map((tr, row) => [...tr.querySelectorAll("td.cell")].map((td, column) => new Cell(td, row, column)));
    this.all = this.cells.flat();
    this.open = this.all.filter((cell) => !cell.isFixed);
    this.byKey = new Map(this.all.map((cell) => [cell.key, cell]));
    this.byPlace = new Map(this.all.map((cell) => [cell.td, cell]));
  }

  at(row, column) { return this.cells[row]?.[column]; }
  find(exam, student) { return this.byKey.get(`${exam}-${student}`); }
  of(element) { return this.byPlace.get(element.closest?.("td.cell")); }
  studentOf(cell) { return this.rows[cell.row].querySelector("th").textContent.trim(); }
  examOf(cell) { return this.heads[cell.column].dataset.title; }

  // The next cell that can be written, `down` rows and `right` columns at a time; the same one at the edge.
  step(cell, down, right) {
    for (let n = 1; ; n += 1) {
      const next = this.at(cell.row + n * down, cell.column + n * right);
      if (!next) return cell;
      if (!next.isFixed) return next;
    }
  }

  // As a reader goes: to the right, then to the next row. Nothing at the end.
  following(cell, way) {
    return this.open[this.open.indexOf(cell) + way];
  }

  // As far as it goes in one direction.
  edge(cell, down, right) {
    let last = cell;
    for (let next = this.step(cell, down, right); next !== last; next = this.step(next, down, right)) last = next;
    return last;
  }

  // A screenful of rows.
  leap(cell, rows) {
    let last = cell;
    for (let n = Math.abs(rows); n > 0; n -= 1) last = this.step(last, Math.sign(rows), 0);
    return last;
  }

  block(one, other) {
    const [top, bottom] = [one.row, other.row].sort((a, b) => a - b);
    const [left, right] = [one.column, other.column].sort((a, b) => a - b);
    return this.cells.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }
}
