// The keyboard: where each key leads, and which keys stay the text field's own.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const PAGE = 10;

// `acts` = {go(cell), undo(), redo(), restore(), empty(cells), history(cell), toBubble(), flush(), leave()}.
export function listen(grid, selection, acts) {
  const sheet = { grid, selection, acts, escapes: 0 };
  grid.table.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    sheet.escapes = event.key === "Escape" ? sheet.escapes + 1 : 0;
    const cell = grid.of(event.target);
    const isHandled = cell?.input === event.target ? onCell(event, cell, sheet) : onName(event, grid, acts);
    if (isHandled) event.preventDefault();
  });
}

function onCell(event, cell, sheet) {
  const { key } = event;
  if (event.ctrlKey || event.metaKey) return withControl(event, cell, sheet);
  if (event.altKey) return event.code === "KeyH" && (sheet.acts.history(cell), true);
  if (key === "Tab") return tab(event, cell, sheet);
  if (key === "Enter") return walk(event, cell, sheet, [event.shiftKey ? -1 : 1, 0], true);
  if (key === "Escape") return escape(cell, sheet);
  if (key === "F2") return sheet.selection.edit(), true;
  if (sheet.selection.mode === "edit") return false;
  if (key in STEPS) return arrow(event, cell, sheet);
  if (key === "Home" || key === "End") {
    return reachOrGo(event, sheet, target(sheet, (from) => sheet.grid.edge(from, 0, key === "End" ? 1 : -1), event));
  }
  if (key === "PageUp" || key === "PageDown") {
    return reachOrGo(event, sheet, target(sheet, (from) => sheet.grid.leap(from, key === "PageDown" ? PAGE : -PAGE), event));
  }
  if ((key === "Delete" || key === "Backspace") && sheet.selection.isBlock) return sheet.acts.empty(sheet.selection.block.flat()), true;
  return false;
}

function withControl(event, cell, sheet) {
  const { grid, selection, acts } = sheet;
  const key = event.key.toLowerCase();
  if (key === "s") return acts.flush(), true;
  if (selection.mode === "edit") return false;
  if (key === "z") return event.shiftKey ? acts.redo() : acts.undo(), true;
  if (key === "y") return acts.redo(), true;
  if (key === "a") return acts.go(grid.open[0]), selection.reach(grid.all.at(-1)), true;
  if (key === "home" || key === "end") return reachOrGo(event, sheet, grid.open.at(key === "home" ? 0 : -1));
  if (event.key in STEPS) return reachOrGo(event, sheet, target(sheet, (from) => grid.edge(from, ...STEPS[event.key]), event));
  return false;
}

// A block grows from its far end; everything else starts where one is.
const target = ({ selection }, find, event) => find(event.shiftKey ? selection.far ?? selection.here : selection.here);

function reachOrGo(event, { selection, acts }, cell) {
  if (event.shiftKey) {
    selection.reach(cell);
    cell.td.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else acts.go(cell);
  return true;
}

function arrow(event, cell, sheet) {
  const [down, right] = STEPS[event.key];
  if (!event.shiftKey) return walk(event, cell, sheet, [down, right]);
  const from = sheet.selection.far ?? cell;
  return reachOrGo(event, sheet, sheet.grid.at(from.row + down, from.column + right) ?? from);
}

// To the left of the first cell stands the name, which leads to the student.
function walk(event, cell, { grid, acts }, [down, right]) {
  const next = grid.step(cell, down, right);
  if (next === cell && right < 0) grid.rows[cell.row].querySelector("th a")?.focus();
  else acts.go(next);
  return true;
}

function tab(event, cell, { grid, acts }) {
  if (!event.shiftKey && cell.state === "conflict" && acts.toBubble()) return true;
  const next = grid.following(cell, event.shiftKey ? -1 : 1);
  if (!next) return false;
  acts.go(next);
  return true;
}

// Once brings back; twice, when there is nothing left to bring back, leads out of the grid, where Tab goes from cell to cell.
function escape(cell, { selection, acts, escapes }) {
  if (escapes > 1 && !selection.isBlock && !cell.isChanged && !cell.isTroubled) return acts.leave(), true;
  if (selection.isBlock) selection.reach(selection.here);
  else acts.restore();
  return true;
}

// On a name: down and up the list, and right into its marks.
function onName(event, grid, acts) {
  const row = grid.rows.findIndex((tr) => tr.contains(event.target));
  if (row < 0 || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (event.key === "ArrowRight") {
    const first = grid.cells[row].find((cell) => !cell.isFixed);
    if (first) acts.go(first);
    return true;
  }
  const down = STEPS[event.key]?.[0];
  if (!down) return false;
  grid.rows[row + down]?.querySelector("th a")?.focus();
  return true;
}
