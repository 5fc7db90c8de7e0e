// A pasted block that does not fit, or that replaces marks, is shown first: what would land where, and what would not.

import { element, frame } from "./dialog.js";
import { say } from "./texts.js";

const MOST_ROWS = 40;
const FATES = ["over", "fixed", "bad"];

// Answers with true when it was said that what fits is to land.
export function ask(grid, plan) {
  const body = element("div", "", { className: "dialog-body" });
  const isWhole = plan.over + plan.fixed + plan.bad === 0;
  body.append(counts(plan), ...released(grid, plan), table(grid, plan));
  const fits = element("button", say(isWhole ? "paste-all" : "paste-fits"), { type: "button", className: "button primary", disabled: plan.fits === 0 });
  const cancel = element("button", say("cancel"), { type: "button", className: "button" });
  const dialog = frame(say(isWhole ? "replace-title" : "preview-title"), body, [cancel, fits], { isWide: true });
  for (const button of [fits, cancel]) button.addEventListener("click", () => dialog.close());
  const answer = new Promise((resolve) => {
    fits.addEventListener("click", () => resolve(true)); // at once: word of the closing may come after the next key
    dialog.addEventListener("close", () => resolve(false));
  });
  dialog.showModal();
  (plan.fits && !plan.replaced ? fits : cancel).focus();
  return answer;
}

function counts(plan) {
  const list = element("ul", "", { className: "preview-counts" });
  list.append(element("li", say("preview-fits", { n: plan.fits }), { className: "fits" }));
  if (plan.replaced) list.append(element("li", say("preview-replaced", { n: plan.replaced }), { className: "replaced" }));
  for (const fate of FATES) if (plan[fate]) list.append(element("li", say(`preview-${fate}`, { n: plan[fate] }), { className: fate }));
  return list;
}

// A released mark has been read at home already.
function released(grid, { items }) {
  const heads = items.filter((item) => item.isReplacing).map((item) => grid.heads[item.cell.column]);
  const names = [...new Set(heads.filter((head) => head.dataset.released === "1").map((head) => head.dataset.title))];
  return names.length ? [element("p", say("released", { exams: names.join(", ") }), { className: "notice warning" })] : [];
}

// The part of the grid that the block covers, with names and exams, and beyond its edge what would be lost.
function table(grid, { items }) {
  const rows = [...new Set(items.map((item) => item.row))].slice(0, MOST_ROWS);
  const columns = [...new Set(items.map((item) => item.column))].sort((a, b) => a - b);
  const byPlace = new Map(items.map((item) => [`${item.row} ${item.column}`, item]));
  const made = element("table");
  const head = made.createTHead().insertRow();
  head.append(element("td"));
  for (const column of columns) head.append(element("th", grid.heads[column]?.dataset.title ?? "–", { scope: "col" }));
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    line.append(element("th", grid.rows[row]?.querySelector("th").textContent.trim() ?? "–", { scope: "row" }));
    for (const column of columns) line.append(place(byPlace.get(`${row} ${column}`)));
  }
  const wrap = element("div", "", { className: "preview-wrap", tabIndex: 0 });
  wrap.setAttribute("role", "group");
  wrap.setAttribute("aria-labelledby", "marks-dialog-title");
  wrap.append(made);
  return wrap;
}

function place(item) {
  const td = element("td", item?.isReplacing ? "" : item?.text ?? "");
  if (!item) return td;
  td.className = item.isReplacing ? "replaced" : item.fate;
  if (item.isReplacing) td.textContent = say("was", { before: item.cell.text, after: item.text || say("empty") });
  if (FATES.includes(item.fate)) td.append(element("span", item.why || say(`fate-${item.fate}`), { className: "fate" }));
  return td;
}
