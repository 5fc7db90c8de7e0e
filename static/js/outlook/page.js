// The outlook of a class: finding a name as one types, moving by keys, opening a row. Without this the same forms and links ask the server.
import { announce } from "../kit/announce.js";
import { fold } from "../kit/fold.js";

const PAUSE = 400;
const TYPING = "outlook-typing";

const table = document.querySelector("table.outlook");
const form = document.querySelector("[data-register-search]");
const count = document.querySelector("[data-register-count]");
const students = () => [...document.querySelectorAll("table.outlook tbody[data-name]")];

function show(text) {
  const words = fold(text);
  let shown = 0;
  for (const row of students()) {
    row.hidden = !words.every((word) => row.dataset.name.includes(` ${word}`));
    if (!row.hidden) shown += 1;
  }
  count.textContent = count.dataset.words.replace("{n}", shown);
  announce(count.textContent);
}

// Every address of this page, and the files, ask for the same name from now on.
function keepInAddresses(text) {
  const here = withName(window.location.href, text);
  window.history.replaceState(null, "", here);
  for (const link of document.querySelectorAll(".toolbar .pill, .tools a[href], table.outlook thead a")) link.href = withName(link.href, text);
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

// --- rows: the one that has the focus is the one that keys are about ------------------------------------------------

const here = () => document.activeElement?.closest?.("table.outlook tbody[data-name]");

function move(step) {
  const shown = students().filter((row) => !row.hidden);
  const place = shown.indexOf(here());
  const next = shown[place < 0 ? (step > 0 ? 0 : shown.length - 1) : place + step];
  next?.querySelector(".row-link").focus();
  next?.scrollIntoView({ block: "nearest" });
}

let wanted = ""; // what to focus once a row has been opened

function open(row, selector) {
  const button = row.querySelector("[data-row-open]");
  const detail = row.querySelector(".detail");
  if (detail) {
    turn(button, detail, true);
    row.querySelector(selector)?.focus();
    return;
  }
  wanted = `#${row.id} ${selector}`;
  button.click();
}

function turn(button, detail, isOpen) {
  detail.hidden = !isOpen;
  button.setAttribute("aria-expanded", String(isOpen));
}

// A row that was opened before is closed and opened here; only the first time the server is asked.
function toggle(event) {
  const button = event.target.closest("[data-row-open]");
  const detail = button?.closest("tbody").querySelector(".detail");
  if (button && !detail) wanted ||= `#${button.closest("tbody").id} [data-row-open]`;
  if (!detail) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  turn(button, detail, detail.hidden);
}

function estimate(event) {
  const link = event.target.closest("[data-row-estimate]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.closest("tbody"), "[name=percent]");
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return leave(event);
  const row = here();
  const act = {
    j: () => move(1), k: () => move(-1),
    ArrowDown: row && (() => move(1)), ArrowUp: row && (() => move(-1)),
    e: row && (() => open(row, "[name=percent]")), w: row && (() => row.querySelector("[data-row-open]").click()),
    f: () => form?.elements.q.focus(),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// Escape leads from a field of a row back to its name.
function leave(event) {
  if (event.key === "Escape") here()?.querySelector(".row-link").focus();
}

if (form && count) listen(form.elements.q);
if (table) {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", toggle, true); // before htmx hears of it
  table.addEventListener("click", estimate);
  document.addEventListener("htmx:after:swap", () => {
    const field = wanted ? document.querySelector(wanted) : null;
    if (field) wanted = "";
    field?.focus();
  });
}
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
