// The search box above every page: opened by its button, `/` or Ctrl-K; what it finds comes from the search page itself.

const PAUSE = 120; // milliseconds after the last letter
const LEAST = 2;

export function prepareSearch() {
  const dialog = document.getElementById("search-dialog");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const input = dialog.querySelector("input");
  const results = dialog.querySelector("#search-results");
  const links = () => [...results.querySelectorAll("a")];
  let asked = null;
  let timer = 0;
  let before = null; // where the focus was

  async function look() {
    asked?.abort();
    const text = input.value.trim();
    if (text.length < LEAST) return results.replaceChildren();
    asked = new AbortController();
    try {
      const address = `${form.action}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: asked.signal, redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      results.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") results.textContent = results.dataset.offline;
    }
  }

  function move(step) {
    const all = links();
    const next = all.indexOf(document.activeElement) + step;
    (all[Math.min(next, all.length - 1)] ?? input).focus();
  }

  function open() {
    if (!dialog.open) {
      before = document.activeElement;
      dialog.showModal();
    }
    input.select();
  }

  document.addEventListener("foremark:search", (event) => { event.preventDefault(); open(); });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
  form.addEventListener("submit", (event) => {
    const first = links()[0];
    if (first && input.value.trim()) { event.preventDefault(); first.click(); }
  });
  dialog.addEventListener("keydown", (event) => {
    // A search field would take the first Escape to empty itself.
    if (event.key === "Escape") { event.preventDefault(); dialog.close(); }
    else if (event.key === "ArrowDown") { event.preventDefault(); move(1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); move(-1); }
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && document.activeElement !== input) input.focus();
  });
  dialog.addEventListener("close", () => before?.isConnected && before.focus());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}
