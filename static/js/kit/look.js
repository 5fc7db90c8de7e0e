// Theme and density: seen at once when chosen. The switch in one's menu is kept at once, the profile's form by its button.

export function prepareLook() {
  document.addEventListener("change", (event) => {
    if (!event.target.closest?.("[data-look-preview]")) return;
    if (event.target.name === "theme" || event.target.name === "density") show(event.target.name, event.target.value);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-look]") || event.submitter?.name !== "theme") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keep(form, event.submitter);
  }, true);
}

function show(name, value) {
  document.documentElement.dataset[name] = value;
}

async function keep(form, button) {
  show("theme", button.value);
  for (const each of form.querySelectorAll("button[name=theme]")) each.setAttribute("aria-pressed", String(each === button));
  const data = new FormData(form);
  data.set("theme", button.value);
  try {
    await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual", keepalive: true });
  } catch {
    // It shows until the next page; a preference is no reason to disturb anybody.
  }
}
