// The last column: each student's average over all exams of the class, by their weights, as far as marks are saved.

export class Averages {
  constructor(grid) {
    this.grid = grid;
    this.places = grid.rows.map((tr) => tr.querySelector("td.average"));
    this.whole = grid.table.querySelector("[data-average] .stat-mean");
    this.scales = grid.heads.map((head) => ({ most: Number(head.dataset.maximum), weight: Number(head.dataset.weight) }));
  }

  show() {
    if (!this.whole) return;
    const found = this.places.map((place, row) => {
      const average = this.#of(this.grid.cells[row], place.dataset.rest);
      write(place, average);
      return average;
    });
    const known = found.filter((each) => each !== null);
    write(this.whole, known.length ? known.reduce((sum, each) => sum + each, 0) / known.length : null);
  }

  // `rest` is what the exams without a column here add.
  #of(cells, rest) {
    let [total, weight] = rest.split(" ").map(Number);
    for (const { saved, column } of cells) {
      if (!/^\d/.test(saved)) continue;
      const scale = this.scales[column];
      total += (100 * Number(saved) / scale.most) * scale.weight;
      weight += scale.weight;
    }
    return weight ? total / weight : null;
  }
}

function write(place, average) {
  const words = average === null ? "–" : `${average.toFixed(0)}\u00a0%`;
  if (place.textContent !== words) place.textContent = words;
}
