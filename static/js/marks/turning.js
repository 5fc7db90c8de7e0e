// The buttons for undo and redo. They keep the focus when there is nothing more to take back.

export class Turning {
  // `acts` = {undo(), redo(), canUndo(), canRedo()}.
  constructor(acts) {
    this.acts = acts;
    this.buttons = { undo: document.getElementById("marks-undo"), redo: document.getElementById("marks-redo") };
    for (const [name, button] of Object.entries(this.buttons)) {
      button.disabled = false;
      button.addEventListener("click", () => acts[name]());
    }
    this.buttons.undo.parentNode.hidden = false;
    this.show();
  }

  show() {
    this.buttons.undo.setAttribute("aria-disabled", String(!this.acts.canUndo()));
    this.buttons.redo.setAttribute("aria-disabled", String(!this.acts.canRedo()));
  }
}
