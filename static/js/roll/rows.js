// The rows of the sheet: what is chosen in each, the note under it, and the counts in the bar.

export class Row {
  constructor(element) {
    this.element = element;
    this.student = Number(element.dataset.student);
    this.seen = element.dataset.seen;
    this.inputs = [...element.querySelectorAll(".roll-choice input")];
    this.clear = element.querySelector(".roll-clear input");
    this.note = element.querySelector(".roll-note");
  }

  get status() { return this.inputs.find((input) => input.checked)?.value ?? ""; }

  set status(letter) {
    this.clear.checked = false;
    for (const input of this.inputs) input.checked = input.value === letter;
  }

  focus() {
    const input = this.inputs.find((each) => each.checked) ?? this.inputs[0];
    input.focus();
  }

  say(sentence = "", actions = []) {
    const words = document.createElement("p");
    words.textContent = sentence;
    this.note.replaceChildren(words, ...actions.map(([label, run]) => button(label, run)));
    this.note.hidden = !sentence;
  }
}

function button(label, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}

export function showCounts(rows, bar) {
  const found = {};
  for (const row of rows) found[row.status] = (found[row.status] ?? 0) + 1;
  for (const place of bar.querySelectorAll("[data-count]")) {
    const count = found[place.dataset.count] ?? 0;
    place.querySelector("b").textContent = count;
    place.hidden = !count && place.dataset.count !== "P";
  }
  return found[""] ?? 0;
}
