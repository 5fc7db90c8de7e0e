// The register of a class: finding a name as one types, and printing. Without this the same form asks the server.
import { announce } from "./kit/announce.js";
import { fold } from "./kit/fold.js";

const PAUSE = 400;
const TYPING = "register-typing";

const form = document.querySelector("[data-register-search]");
const count = document.querySelector("[data-register-count]");
const rows = [...document.querySelectorAll(".roster tbody tr[data-name]")];

function show(text) {
  const words = fold(text);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !words.every((word) => row.dataset.name.includes(` ${word}`));
    if (!row.hidden) shown += 1;
  }
  count.textContent = count.dataset.words.replace("{n}", shown);
  announce(count.textContent);
}

// Every address of this page, and the file, asks for the same name from now on.
function keepInAddresses(text) {
  const here = withName(window.location.href, text);
  window.history.replaceState(null, "", here);
  for (const link of document.querySelectorAll(".toolbar .pill, .tools a[href], .roster thead a")) {
    link.href = withName(link.href, text);
  }
  for (const back of document.querySelectorAll("input[name=back]")) back.value = here.pathname + here.search;
}

function withName(address, text) {
  const url = new URL(address, window.location.href);
  if (text.trim()) url.searchParams.set("q", text.trim());
  else url.searchParams.delete("q");
  return url;
}

// Rows that the server left out are not here to be shown again: it is asked anew.
function askAnew() {
  window.sessionStorage.setItem(TYPING, "1");
  form.requestSubmit();
}

function listen(input) {
  let pause;
  form.querySelector("button").hidden = true;
  input.addEventListener("input", () => {
    clearTimeout(pause);
    if (form.dataset.served) pause = setTimeout(askAnew, PAUSE);
    else {
      show(input.value);
      pause = setTimeout(() => keepInAddresses(input.value), PAUSE);
    }
  });
  if (window.sessionStorage.getItem(TYPING)) {
    window.sessionStorage.removeItem(TYPING);
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  }
}

if (form && count) listen(form.elements.q);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
