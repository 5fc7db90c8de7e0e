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
  box.append(button(place.dataset.close ?? "Close", () => box.remove()));
  place.append(box);
  if (!action && !isWarning) setTimeout(() => box.remove(), SECONDS * 1000);
  return box;
}

function button(label, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet";
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}
