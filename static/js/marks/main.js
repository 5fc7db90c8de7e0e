// The mark grid as one thing: every part is made here and told of the others.

import { announce } from "../kit/announce.js";
import { toast } from "../kit/toast.js";
import { Averages } from "./average.js";
import { Bubble } from "./bubble.js";
import * as clipboard from "./clipboard.js";
import { Grid } from "./grid.js";
import { History } from "./history.js";
import * as keys from "./keys.js";
import { plan } from "./paste.js";
import * as pointer from "./pointer.js";
import { ask } from "./preview.js";
import { AFTER_TYPING, Saving } from "./saving.js";
import { Selection } from "./selection.js";
import { Status } from "./status.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";
import { say } from "./texts.js";
import { Turning } from "./turning.js";
import { Writing } from "./writing.js";

const MANY = 3;
const form = document.getElementById("marks");
if (form?.dataset.mayEdit === "1") start();

function start() {
  const table = form.querySelector("table.grid");
  const grid = new Grid(table);
  const selection = new Selection(grid);
  const status = new Status(document.getElementById("marks-state"), look);
  const saving = new Saving(grid, form, new Store(form), { settled, stats, state: () => status.show(saving, grid) });
  const writing = new Writing(saving);
  const averages = new Averages(grid);
  const choices = { keep: (cell) => resolve(cell, true), take: (cell) => resolve(cell, false), back };
  const bubble = new Bubble(grid, form.querySelector(".grid-wrap"), choices);
  const history = new History(grid, form);
  const codes = new Set((form.dataset.codes ?? "").split("|"));
  const go = (cell) => cell.input.focus();
  const exit = document.getElementById("marks-keys");
  const isTyped = () => selection.here !== null && selection.here.text !== selection.before;
  const turning = new Turning({
    undo: () => undo(show), redo: () => redo(show), canUndo: () => writing.done.length > 0 || isTyped(), canRedo: () => writing.undone.length > 0,
  });
  let left = null; // the cell that was left last: its sentence may come while the next one is typed

  form.classList.add("live");
  exit.hidden = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); saving.flush(); });
  table.addEventListener("focusin", onFocus);
  table.addEventListener("focusout", onBlur);
  table.addEventListener("input", onInput);
  keys.listen(grid, selection, {
    go, undo, redo, restore, empty, history: (cell) => history.open(cell), toBubble: () => bubble.enter(), flush: () => saving.flush(),
    leave: () => exit.focus(),
  });
  pointer.listen(grid, selection);
  clipboard.listen(grid, selection, { empty, paste });
  saving.restore();
  status.show(saving, grid);
  new Sync(grid, form, saving, { others, stats, reload });
  begin();

  // The link from an exam leads to where marking it goes on; after a page that was sent back, to what needs a look.
  function begin() {
    const first = grid.open.find((cell) => cell.isTroubled) ?? grid.byKey.get(form.dataset.focus);
    if (first && !first.isFixed) go(first);
  }

  function onFocus(event) {
    const cell = grid.of(event.target);
    if (cell?.input !== event.target) return;
    selection.enter(cell);
    history.attend(cell);
    if (cell.isTroubled) bubble.show(cell);
    else if (bubble.cell === left) bubble.refresh();
    else bubble.hide();
  }

  function onBlur(event) {
    const cell = grid.of(event.target);
    if (cell?.input !== event.target) return;
    left = cell;
    cell.tidy();
    writing.note(cell, selection.before);
    selection.before = cell.text;
    saving.change(cell);
    if (!grid.of(event.relatedTarget ?? document.body)) selection.leave();
    turning.show();
  }

  function onInput(event) {
    const cell = grid.of(event.target);
    if (selection.mode === "walk") selection.mode = "type";
    if (selection.isBlock) selection.reach(cell);
    saving.change(cell, AFTER_TYPING);
    turning.show();
    bubble.refresh();
  }

  // What was typed and not left yet counts as a step as well.
  function commit() {
    if (!selection.here) return;
    writing.note(selection.here, selection.before);
    selection.before = selection.here.text;
  }

  function undo(then = enterAll) { commit(); turned(writing.undo(), "undone", then); }
  function redo(then = enterAll) { commit(); turned(writing.redo(), "redone", then); }

  function turned(cells, key, then) {
    turning.show();
    if (!cells.length) return;
    status.pass(say(key));
    announce(say(key));
    then(cells);
  }

  // After a button: no cell takes the focus, or a phone would raise its keyboard.
  function show(cells) {
    cells[0].td.scrollIntoView({ block: "nearest", inline: "nearest" });
    for (const cell of cells) cell.flash();
  }

  function enterAll(cells) {
    go(cells[0]);
    selection.enter(cells[0]);
    if (cells.length > 1) selection.reach(cells.at(-1));
  }

  // From where one is, or was, to the next cell that needs a look; after the last comes the first.
  function look() {
    const from = selection.here ?? left;
    const troubled = grid.open.filter((cell) => cell.isTroubled);
    const next = troubled.find((cell) => grid.open.indexOf(cell) > grid.open.indexOf(from)) ?? troubled[0];
    if (next) go(next);
  }

  // In a conflict, giving up one's own mark is taking the other.
  function restore() {
    const cell = selection.here;
    if (cell.state === "conflict") return resolve(cell, false);
    selection.restore();
    saving.change(cell);
    turning.show();
    return bubble.refresh();
  }

  function empty(cells) {
    commit();
    writing.write(cells.map((cell) => ({ cell, text: "" })));
    selection.before = selection.here.text;
    turning.show();
  }

  async function paste(rows) {
    commit();
    const here = selection.here;
    const planned = plan(grid, selection, rows, codes);
    const isWhole = planned.over + planned.fixed + planned.bad === 0;
    // One text is said at its cell, like a typed one; a block that does not fit or replaces marks is shown first.
    if ((!isWhole || planned.replaced) && planned.items.length > 1 && !(await ask(grid, planned))) return here.input.focus();
    const landing = planned.items.filter((item) => item.fate === "fits" || (planned.items.length === 1 && item.cell));
    writing.write(landing);
    here.input.focus();
    selection.enter(here);
    turning.show();
    if (landing.length > 1) selection.reach(landing.at(-1).cell);
    status.pass(say("pasted", { n: landing.length }));
    announce(say("pasted", { n: landing.length }));
  }

  function resolve(cell, isMineKept) {
    const before = cell.text;
    saving.resolve(cell, isMineKept);
    back(cell, 0);
    writing.note(cell, before);
    selection.before = cell.text;
    bubble.show(cell);
  }

  function back(cell, way) {
    go((way && grid.following(cell, way)) || cell);
  }

  // The server has judged these: what needs a look is said at once, and shown at the cell.
  function settled(cells) {
    const troubled = cells.filter((cell) => cell.isTroubled);
    const here = selection.here;
    averages.show();
    if (here && !here.isChanged) selection.before = selection.mode === "walk" ? here.text : selection.before;
    if (here?.isTroubled) bubble.show(here);
    else if (troubled.length) bubble.show(troubled.at(-1));
    else if (bubble.cell) bubble.refresh();
    if (troubled.length > MANY) announce(say("attention", { n: troubled.length }));
    else if (troubled.length) announce(troubled.map((cell) => `${grid.studentOf(cell)}, ${grid.examOf(cell)}: ${cell.sentence}`).join(" "));
  }

  function others(changes) {
    const here = selection.here;
    if (here && changes.some(({ cell }) => cell === here && !cell.isTroubled)) selection.enter(here);
    const clash = changes.map(({ cell }) => cell).find((cell) => cell.state === "conflict");
    if (clash) settled([clash]);
    const theirs = changes.filter(({ said, cell }) => !said.mine && cell.state !== "conflict");
    if (theirs.length) status.pass(news(theirs));
    if (theirs.length && !clash) announce(news(theirs));
    averages.show();
    status.show(saving, grid);
  }

  function news(changes) {
    if (changes.length > MANY) return say("changed-many", { n: changes.length });
    return changes.map(({ said, cell }) => say("changed-by", {
      by: said.by, student: grid.studentOf(cell), exam: grid.examOf(cell), text: said.text || say("empty"),
    })).join(" ");
  }

  function stats(all) {
    const figure = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
    for (const [exam, { mean, entered, of }] of Object.entries(all ?? {})) {
      const place = table.querySelector(`[data-stat="${exam}"]`);
      if (!place) continue;
      place.querySelector(".stat-mean").textContent = mean === null ? "–" : say("stat-mean", { mean: figure.format(mean) });
      place.querySelector(".stat-entered").textContent = say("stat-entered", { entered, of });
    }
  }

  // Another exam, student or lock: the page is to be loaded anew, at a time that suits.
  function reload() {
    toast(say("reload"), { isWarning: true, action: { label: say("reload-now"), run: () => location.reload() } });
  }
}
