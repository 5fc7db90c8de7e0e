// The page that shows every component: its toasts, and its switch of density.

import { toast } from "./kit/toast.js";

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-density-choice]");
  if (choice) choose(choice);
  const wanted = event.target.closest("[data-toast]");
  if (wanted) toast(wanted.dataset.toast, { action: { label: wanted.dataset.toastAction, run: () => {} } });
});

function choose(choice) {
  document.documentElement.dataset.density = choice.dataset.densityChoice;
  for (const each of document.querySelectorAll("[data-density-choice]")) each.setAttribute("aria-pressed", String(each === choice));
}
