// What htmx needs of us: the CSRF token on each request, and the focus where the new part, or a refused form, asks for it.

export function prepareSwaps() {
  document.addEventListener("htmx:config:request", (event) => {
    const token = document.querySelector("meta[name=csrf]")?.content;
    if (token) event.detail.ctx.request.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:after:swap", () => {
    const wanted = document.querySelector("[data-focus]");
    if (wanted) focus(wanted);
  });
  const faults = document.querySelector(".form-errors[data-focus]");
  if (faults) focus(faults);
}

function focus(wanted) {
  wanted.removeAttribute("data-focus");
  if (!wanted.matches("a, button, input, select, textarea, [tabindex]")) wanted.tabIndex = -1;
  wanted.focus();
}
