// A sentence that appears at the edge of the page and goes by itself; with an action it stays until it is used or closed.

const SECONDS = 6;

export function toast(sentence, { action, isWarning = false } = {}) {
  const place = document.getElementById("toasts");
  if (!place) return null;
  const box = document.createElement("div");
  box.className = isWarning ? "toast warning" : "toast";
  const words = document.createElement("p");
  words.textContent = sentence;
  box.append(words);
  if (action) box.append(button(action.label, () => { box.remove(); action.run(); }));
  box.append(button(place.dataset.close, () => box.remove()));
  place.append(box);
  if (!action && !isWarning) leaveSoon(box);
  return box;
}

// Whoever points at it or is in it is still reading.
function leaveSoon(box) {
  let timer = 0;
  const wait = () => { timer = setTimeout(() => box.remove(), SECONDS * 1000); };
  const stay = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) box.addEventListener(name, stay);
  for (const name of ["mouseleave", "focusout"]) box.addEventListener(name, wait);
  wait();
}

function button(label, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet";
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}
