// The page of one roll: every tap is saved in the background, can be undone, and is never lost or laid over somebody else's.

import { announce } from "../kit/announce.js";
import { listen } from "./keys.js";
import { Outbox } from "./outbox.js";
import { Row, showCounts } from "./rows.js";

const form = document.getElementById("roll");
if (form) start();

function start() {
  const { user, url, day } = form.dataset;
  const rows = [...form.querySelectorAll(".roll-row")].map((element) => new Row(element));
  const byStudent = new Map(rows.map((row) => [row.student, row]));
  const part = (id) => document.getElementById(id);
  const state = form.querySelector(".roll-state");
  const taken = { line: part("roll-taken"), corrected: part("roll-corrected"), isMarked: rows.some((row) => row.seen) };
  const steps = [];
  const open = new Set();
  const outbox = new Outbox({ user, url, day, onAnswer: answered, onState: tell });

  part("roll-save").hidden = true;
  state.textContent = "";
  for (const row of rows) row.shown = row.status;
  for (const [student, { status, seen }] of outbox.waiting) restore(byStudent.get(student), status, seen);

  form.addEventListener("change", (event) => {
    const row = rows.find((each) => each.element.contains(event.target));
    if (row) mark(row, event.target.value);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.id === "roll-all") everybody();
    else outbox.flush();
  });
  part("roll-undo").addEventListener("click", undo);
  listen(rows, { mark, undo, save: () => outbox.flush() });
  addEventListener("beforeunload", (event) => { if (outbox.size && !outbox.canKeep) event.preventDefault(); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  refresh();
  if (outbox.size) outbox.flush();

  // The page may have been made before what still waits here was sent.
  function restore(row, status, seen) {
    if (!row || row.seen === status) outbox.waiting.delete(row?.student);
    else Object.assign(row, { seen, status, shown: status });
  }

  function mark(row, status) {
    if (status !== row.shown) steps.push([[row, row.shown]]);
    put(row, status);
    refresh();
  }

  function put(row, status) {
    row.status = row.shown = status;
    row.say();
    open.delete(row);
    outbox.put(row.student, status, row.seen);
  }

  function everybody() {
    const blank = rows.filter((row) => !row.status);
    if (!blank.length) return;
    steps.push(blank.map((row) => [row, ""]));
    for (const row of blank) put(row, "P");
    refresh();
    outbox.flush();
    announce(text("everybody", blank.length));
  }

  function undo() {
    const last = steps.pop();
    if (!last) return;
    for (const [row, status] of last) put(row, status);
    refresh();
    announce(text("undone"));
  }

  function refresh() {
    const blank = showCounts(rows, form.querySelector(".roll-bar"));
    part("roll-all").hidden = !blank;
    part("roll-done").hidden = Boolean(blank);
    part("roll-undo").hidden = !steps.length;
  }

  function answered({ student, state: how, status, sentence }) {
    const row = byStudent.get(student);
    if (!row) return;
    if (how === "saved") row.seen = status;
    else if (how === "conflict") clash(row, status, sentence);
    else { row.status = row.shown = row.seen; row.say(sentence); }
    row.element.dataset.seen = row.seen;
    if (how === "saved") head();
    refresh();
  }

  // Who took the roll: said anew as soon as this person has, or has corrected what others took.
  function head() {
    const isMarked = rows.some((row) => row.seen);
    const { by } = taken.line.dataset;
    if (by === "others" && isMarked) taken.corrected.textContent = text("corrected");
    else if (by !== "me" || isMarked !== taken.isMarked) taken.line.textContent = text(isMarked ? "taken" : "not-taken");
    taken.isMarked = isMarked;
  }

  // Both stand there until somebody decides; until then what is stored is theirs.
  function clash(row, theirs, sentence) {
    row.seen = theirs;
    open.add(row);
    row.say(sentence, [
      [text("keep"), () => { put(row, row.shown); row.focus(); }],
      [text("take"), () => { put(row, theirs); refresh(); row.focus(); }],
    ]);
    announce(sentence);
  }

  function tell(how, count, sentence) {
    const needsLook = how === "saved" && open.size;
    state.textContent = sentence ?? (needsLook ? text("look", open.size) : text(how, count));
    state.classList.toggle("attend", Boolean(needsLook || sentence) || !["saved", "saving"].includes(how));
  }
}

function text(key, n = 0) {
  const found = document.getElementById("roll-texts").content.querySelector(`[data-key=${key}]`);
  return found.textContent.replace("{n}", n);
}
