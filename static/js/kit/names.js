// Finding a name in a table as one types; without this the same form asks the server. Used by register and outlook.
import { announce } from "./announce.js";
import { fold } from "./fold.js";

const PAUSE = 400;

// `rows` gives the rows that carry names, `links` the addresses that ask for the same name from then on.
export function findNames({ typing, rows, links }) {
  const form = document.querySelector("[data-register-search]");
  const count = document.querySelector("[data-register-count]");
  if (!form || !count) return;
  const input = form.elements.q;
  let pause;
  form.querySelector("button").hidden = true;
  input.addEventListener("input", () => {
    clearTimeout(pause);
    // Rows that the server left out are not here to be shown again: it is asked anew.
    if (form.dataset.served) pause = setTimeout(() => askAnew(form, typing), PAUSE);
    else {
      show(input.value, rows(), count);
      pause = setTimeout(() => keepInAddresses(input.value, links), PAUSE);
    }
  });
  goOn(input, typing);
}

function show(text, rows, count) {
  const words = fold(text);
  for (const row of rows) row.hidden = !words.every((word) => row.dataset.name.includes(` ${word}`));
  count.textContent = count.dataset.words.replace("{n}", rows.filter((row) => !row.hidden).length);
  announce(count.textContent);
}

function keepInAddresses(text, links) {
  const here = withName(window.location.href, text);
  window.history.replaceState(null, "", here);
  for (const link of document.querySelectorAll(links)) link.href = withName(link.href, text);
  for (const back of document.querySelectorAll("input[name=back]")) back.value = here.pathname + here.search;
}

function withName(address, text) {
  const url = new URL(address, window.location.href);
  if (text.trim()) url.searchParams.set("q", text.trim());
  else url.searchParams.delete("q");
  return url;
}

function askAnew(form, typing) {
  window.sessionStorage.setItem(typing, "1");
  form.requestSubmit();
}

// The page that the server sent takes up the typing where it was.
function goOn(input, typing) {
  if (!window.sessionStorage.getItem(typing)) return;
  window.sessionStorage.removeItem(typing);
  input.focus();
  input.setSelectionRange(input.value.length, input.value.length);
}
