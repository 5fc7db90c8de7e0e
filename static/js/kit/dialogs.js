// Dialogs: [data-dialog="id"] opens one, [data-close] closes it, and a form with data-confirm is asked about before it is sent.

export function prepareDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) return openDialog(opener.dataset.dialog, event);
    if (event.target.closest("dialog [data-close]")) return event.target.closest("dialog").close("no");
    if (event.target.matches("dialog.dialog") && isBeside(event.target, event)) event.target.close("no");
  });
  document.addEventListener("submit", onSubmit, true); // before htmx hears of it
}

function openDialog(id, event) {
  const dialog = document.getElementById(id);
  if (!dialog) return;
  event.preventDefault();
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  if (!dialog.open) dialog.showModal();
}

function isBeside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const isWithin = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  return !isWithin && event.detail > 0; // a click made by the keyboard has no place
}

async function onSubmit(event) {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!question || form.dataset.answered) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  if (!(await confirmed(question, { ...form.dataset, ...submitter?.dataset, isDanger: submitter?.classList.contains("danger") }))) return;
  form.dataset.answered = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.answered;
}

let settle = () => {}; // answers the question that is being asked

// Asks in the page's own dialog. `confirmTitle` and `confirmYes` replace its usual words.
export function confirmed(question, { confirmTitle, confirmYes, isDanger = false } = {}) {
  const dialog = document.getElementById("confirm");
  if (!dialog) return Promise.resolve(true);
  const yes = dialog.querySelector("[value=yes]");
  dialog.querySelector("#confirm-title").textContent = confirmTitle || dialog.dataset.title;
  dialog.querySelector("#confirm-text").textContent = question;
  yes.textContent = confirmYes || dialog.dataset.yes;
  yes.classList.toggle("danger", Boolean(isDanger));
  settle(false);
  const answer = new Promise((resolve) => { settle = resolve; });
  yes.onclick = () => { settle(true); dialog.close(); };
  // Word of a closing comes late: by then the next question may be open, and it is not the answer to that one.
  dialog.onclose = () => dialog.open || settle(false);
  if (!dialog.open) dialog.showModal();
  return answer;
}
