// What the dialogs of the grid are made of. They are gone once they are closed; the browser gives the focus back.

export function element(tag, text = "", facts = {}) {
  const made = Object.assign(document.createElement(tag), facts);
  if (text) made.textContent = text;
  return made;
}

// A dialog with its title, what it is about, and its buttons; on the page already, and not shown yet.
export function frame(title, body, buttons, { isWide = false } = {}) {
  const dialog = element("dialog", "", { className: `dialog marks-dialog${isWide ? " wide" : ""}` });
  dialog.setAttribute("aria-labelledby", "marks-dialog-title");
  const head = element("div", "", { className: "dialog-head" });
  head.append(element("h2", title, { id: "marks-dialog-title" }));
  const foot = element("div", "", { className: "dialog-foot" });
  foot.append(...buttons);
  dialog.append(head, body, foot);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  return dialog;
}
