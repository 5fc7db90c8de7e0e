// The roll by keys: up and down move, a letter marks and goes on, Backspace takes away, Enter saves, Ctrl+Z undoes.

const LETTERS = new Set(["P", "L", "A", "E"]);

export function listen(rows, { mark, undo, save }) {
  const at = () => rows.findIndex((row) => row.element.contains(document.activeElement));
  const go = (index) => rows[Math.max(0, Math.min(rows.length - 1, index))].focus();

  const deeds = {
    ArrowDown: (index) => go(index + 1),
    ArrowUp: (index) => go(index - 1),
    Home: () => go(0),
    End: () => go(rows.length - 1),
    Enter: () => save(),
    Backspace: (index) => mark(rows[index], ""),
    Delete: (index) => mark(rows[index], ""),
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey) return;
    const index = at();
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() === "z" && !event.shiftKey && !isTyping()) { event.preventDefault(); undo(); }
    } else if (index >= 0 && document.activeElement.type === "radio") within(event, index);
    else if (event.key === "ArrowDown" && document.activeElement === document.body) {
      event.preventDefault();
      go(Math.max(0, rows.findIndex((row) => !row.status)));
    }
  });

  function within(event, index) {
    const letter = event.key.toUpperCase();
    const deed = deeds[event.key] ?? (LETTERS.has(letter) ? () => { mark(rows[index], letter); go(index + 1); } : null);
    if (!deed) return;
    event.preventDefault();
    deed(index);
  }
}

const isTyping = () => document.activeElement.matches("input:not([type=radio]), textarea, [contenteditable]");
