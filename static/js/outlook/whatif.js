// Sliders beside the numbers of "what if": one moves the other. Asking and showing the answer is left to htmx.
import "../printing.js";

const form = document.querySelector("[data-what-if]");

function pair(slide) {
  const number = form.elements[slide.dataset.for];
  const mark = () => slide.classList.toggle("unknown", number.value === "");
  slide.hidden = false;
  slide.addEventListener("input", () => { number.value = slide.value; mark(); });
  number.addEventListener("input", () => { if (number.value !== "") slide.value = number.value; mark(); });
  form.addEventListener("reset", () => { slide.value = slide.defaultValue; slide.classList.toggle("unknown", number.defaultValue === ""); });
}

if (form) form.querySelectorAll("input[data-for]").forEach(pair);
