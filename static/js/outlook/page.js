// The outlook of a class: finding a name as one types, moving by keys, opening a row. Without this the same forms and links ask the server.
import { findNames } from "../kit/names.js";
import "../printing.js";

const table = document.querySelector("table.outlook");
const form = document.querySelector("[data-register-search]");
const students = () => [...document.querySelectorAll("table.outlook tbody[data-name]")];

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

findNames({ typing: "outlook-typing", rows: students, links: ".toolbar .pill, .tools a[href], table.outlook thead a" });
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
