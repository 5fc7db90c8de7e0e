// The sentences of the grid. They stand in the page, translated, in <template id="mark-texts">; this only fills them in.

const page = document.getElementById("mark-texts")?.content;

// "{n} cells" with facts {n: 3}; with n = 1 the sentence "…-one" is taken where the page has one.
export function say(key, facts = {}) {
  const found = (facts.n === 1 && find(`${key}-one`)) || find(key);
  return (found ?? "").replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

// The picture of a button, drawn by the page like all others.
export const icon = (name) => page?.querySelector(`[data-icon="${name}"] svg`)?.cloneNode(true) ?? "";

const find = (key) => page?.querySelector(`[data-key="${key}"]`)?.textContent.trim();
