// Where each text of a pasted block would land, and which of them cannot.

const NUMBER = /^(\d+(?:[.,]\d+)?|[.,]\d+)\s*(%?)$/;

// Gives {items, fits, over, fixed, bad}; an item is {cell, text, fate, row, column}. One text on a chosen block fills it.
export function plan(grid, selection, rows, codes) {
  const block = selection.block;
  const start = block[0][0];
  const isFill = rows.length === 1 && rows[0].length === 1;
  const items = isFill
    ? block.flat().map((cell) => judged(grid, cell, rows[0][0], codes))
    : rows.flatMap((row, down) => row.map((text, right) => ({
      ...judged(grid, grid.at(start.row + down, start.column + right), text, codes),
      row: start.row + down,
      column: start.column + right,
    })));
  const count = (fate) => items.filter((item) => item.fate === fate).length;
  return { items, fits: count("fits"), over: count("over"), fixed: count("fixed"), bad: count("bad") };
}

function judged(grid, cell, text, codes) {
  return { cell, text, row: cell?.row, column: cell?.column, fate: fate(grid, cell, text, codes) };
}

// Nothing lost is no trouble: an empty text beyond the edge, or what a fixed cell says anyway.
function fate(grid, cell, text, codes) {
  if (!cell) return text === "" ? "none" : "over";
  if (cell.isFixed) return text === "" || text === cell.text ? "none" : "fixed";
  return isReadable(text, Number(grid.heads[cell.column].dataset.maximum), codes) ? "fits" : "bad";
}

// Only a first look, so that a wrong block is seen before it lands. The server judges every mark for itself.
function isReadable(text, maximum, codes) {
  if (text === "" || codes.has(text.toLowerCase())) return true;
  const [, number, percent] = NUMBER.exec(text) ?? [];
  return number !== undefined && Number(number.replace(",", ".")) <= (percent ? 100 : maximum);
}
