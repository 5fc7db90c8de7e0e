// Try a prediction: the answer follows what is typed, and each value that cannot be meant is told beside its field.
import { announce } from "../kit/announce.js";
import { toast } from "../kit/toast.js";

const PAUSE = 350;
const form = document.querySelector("[data-try]");
const answer = document.querySelector("#answer");

let pause;
let asking;
let isSilent = false; // said once, until an answer comes again

function told(field, line) {
  const beside = document.getElementById(`${field.id}-said`);
  const isFault = line?.hasAttribute("data-fault") ?? false;
  beside.textContent = line?.textContent ?? "";
  beside.classList.toggle("errors", isFault);
  beside.classList.toggle("help", !isFault);
  field.closest(".field").classList.toggle("invalid", isFault);
  if (isFault) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function show(html) {
  answer.innerHTML = html;
  const lines = new Map([...answer.querySelectorAll("[data-beside] > li")].map((line) => [line.dataset.for, line]));
  for (const field of form.querySelectorAll("[name^='v-']")) told(field, lines.get(field.id));
  const headline = answer.querySelector("[data-headline]")?.dataset.headline;
  if (headline) announce(headline);
}

async function check() {
  asking?.abort();
  asking = new AbortController();
  answer.classList.add("is-waiting");
  try {
    const reply = await fetch(form.dataset.try, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
      headers: { "X-Requested-With": "XMLHttpRequest" },
      signal: asking.signal,
    });
    if (reply.redirected || (reply.status !== 200 && reply.status !== 422)) throw new Error(String(reply.status));
    show(await reply.text());
    isSilent = false;
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!isSilent) toast(form.dataset.offline, { isWarning: true });
    isSilent = true;
  }
  answer.classList.remove("is-waiting");
}

function soon() {
  clearTimeout(pause);
  pause = setTimeout(check, PAUSE);
}

if (form && answer) {
  form.addEventListener("input", soon);
  form.addEventListener("submit", () => clearTimeout(pause));
}
