// A meeting by keys: J and K or the arrows go through it, P plans help, N writes a note, X says that nothing is needed.

const step = (name) => () => document.querySelector(`[data-step=${name}]`)?.click();
const open = (id) => () => {
  const part = document.getElementById(id);
  if (!part) return;
  part.open = true;
  part.querySelector("select, textarea, input:not([type=hidden])")?.focus();
};
const deeds = {
  j: step("next"), ArrowRight: step("next"),
  k: step("previous"), ArrowLeft: step("previous"),
  p: open("plan"), n: open("note"), x: step("nothing"),
};

// Whoever types, chooses a date or has a dialog open is left alone.
function isFree(event) {
  const isBusy = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  return !isBusy && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]");
}

document.addEventListener("keydown", (event) => {
  const deed = deeds[event.key] ?? deeds[event.key.toLowerCase()];
  if (!deed || event.shiftKey || !isFree(event)) return;
  event.preventDefault();
  deed();
});
