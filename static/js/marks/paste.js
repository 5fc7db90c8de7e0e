// Where each text of a pasted block would land, what it would replace, and which of them cannot.

import { say } from "./texts.js";

const NUMBER = /^(\d+(?:[.,]\d+)?|[.,]\d+)\s*(%?)$/;

// Gives {items, fits, over, fixed, bad, replaced}; an item is {cell, text, fate, why, isReplacing, row, column}.
// One text on a chosen block fills it.
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
  const replaced = items.filter((item) => item.isReplacing).length;
  return { items, fits: count("fits"), over: count("over"), fixed: count("fixed"), bad: count("bad"), replaced };
}

function judged(grid, cell, text, codes) {
  const why = cell && !cell.isFixed ? complaint(text, Number(grid.heads[cell.column].dataset.maximum), codes) : "";
  const found = fate(cell, text, why);
  const isReplacing = found === "fits" && cell.text !== "" && cell.text !== text.replace(",", ".");
  return { cell, text, why, isReplacing, row: cell?.row, column: cell?.column, fate: found };
}

// Nothing lost is no trouble: an empty text beyond the edge, or what a fixed cell says anyway.
function fate(cell, text, why) {
  if (!cell) return text === "" ? "none" : "over";
  if (cell.isFixed) return text === "" || text === cell.text ? "none" : "fixed";
  return why ? "bad" : "fits";
}

// Only a first look, so that a wrong block is seen before it lands. The server judges every mark for itself.
function complaint(text, most, codes) {
  if (text === "" || codes.has(text.toLowerCase())) return "";
  const [, number, percent] = NUMBER.exec(text) ?? [];
  if (number === undefined) return say("unreadable", { text });
  if (Number(number.replace(",", ".")) <= (percent ? 100 : most)) return "";
  return say(percent ? "more-percent" : "more", { text, most });
}
