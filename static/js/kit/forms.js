// Forms that send themselves when a filter changes (data-autosubmit), and buttons that are pressed only once.

const PAUSE = 350; // milliseconds after the last letter

export function prepareForms() {
  let timer = 0;
  const sendSoon = (form, wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => form.isConnected && form.requestSubmit(), wait);
  };
  document.addEventListener("change", (event) => {
    const form = event.target.form?.closest("form[data-autosubmit]");
    if (form && !isTyped(event.target)) sendSoon(form, 0);
    const boxes = event.target.closest?.("[data-tick-all]");
    if (boxes) tickAll(boxes);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form?.closest("form[data-autosubmit]");
    // Letters are sent at once only where the page is not loaded anew under the hands.
    if (form && isTyped(event.target) && asksByHtmx(form)) sendSoon(form, PAUSE);
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || asksByHtmx(event.target)) return;
    const button = event.submitter;
    if (button && event.target.method === "post") setTimeout(() => markBusy(button), 0);
  });
  window.addEventListener("pageshow", (event) => { // back from the next page, out of the browser's memory
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("button[aria-busy=true]")) release(button);
  });
}

const isTyped = (field) => field.matches("input:not([type=checkbox], [type=radio], [type=date], [type=range]), textarea");
const asksByHtmx = (form) => form.matches("[hx-get], [hx-post], [data-hx-get], [data-hx-post]");

function tickAll(box) {
  for (const each of document.querySelectorAll(box.dataset.tickAll)) each.checked = box.checked;
}

function markBusy(button) {
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  setTimeout(() => release(button), 8000); // a download leaves the page where it was
}

function release(button) {
  button.removeAttribute("aria-busy");
  button.disabled = false;
}
