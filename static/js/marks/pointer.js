// The mouse: a click enters a cell, a second click twice edits its text, dragging chooses a block. Fingers scroll as always.

export function listen(grid, selection) {
  let isDragging = false;

  grid.table.addEventListener("mousedown", (event) => {
    const cell = grid.of(event.target);
    if (!cell || event.button !== 0 || event.target.closest("button, a")) return;
    if (cell.hasFocus && (selection.mode === "edit" || event.detail > 1)) return;
    if (event.shiftKey && selection.here) {
      event.preventDefault();
      selection.reach(cell);
    } else if (!cell.isFixed) {
      event.preventDefault(); // or letting the button go would undo what is selected
      if (cell.hasFocus) selection.gather();
      else cell.input.focus();
      isDragging = true;
    }
  });

  grid.table.addEventListener("mouseover", (event) => {
    if (!isDragging || !selection.here) return;
    if (!(event.buttons & 1)) { isDragging = false; return; }
    const cell = grid.of(event.target);
    if (cell && (cell !== selection.here || selection.isBlock)) selection.reach(cell);
  });

  document.addEventListener("mouseup", () => { isDragging = false; });

  grid.table.addEventListener("dblclick", (event) => {
    const cell = grid.of(event.target);
    if (cell?.hasFocus && selection.mode !== "edit") selection.edit();
  });
}
