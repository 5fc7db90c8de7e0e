// Who entered what in one cell, and when: a small button in the cell, Alt+H, and a dialog with the page's own lines.

import { element, frame } from "./dialog.js";
import { icon, say } from "./texts.js";

export class History {
  constructor(grid, form) {
    Object.assign(this, { grid, url: form.dataset.historyUrl });
    this.button = element("button", "", { type: "button", className: "cell-history", title: say("history"), tabIndex: -1 });
    this.button.setAttribute("aria-label", say("history"));
    this.button.append(icon("history"));
    this.button.addEventListener("click", () => this.open(grid.of(this.button)));
  }

  // The button goes where the focus goes.
  attend(cell) {
    if (this.button.parentNode !== cell.td) cell.td.append(this.button);
  }

  async open(cell) {
    const address = this.url.replace(/\/0\/0\/$/, `/${cell.exam}/${cell.student}/`);
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const lines = element("div", "", { className: "dialog-body" });
    lines.innerHTML = await answer.text();
    const close = element("button", say("close"), { type: "button", className: "button" });
    const heading = lines.querySelector("h2");
    heading?.parentNode.removeAttribute("aria-labelledby");
    heading?.remove(); // it is the dialog's now
    const dialog = frame(heading?.textContent ?? say("history"), lines, [close]);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => cell.input?.focus());
    dialog.showModal();
    close.focus();
  }
}
