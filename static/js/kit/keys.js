// Keys that work on every page: / and Ctrl-K search, ? lists the keys, those of <template id="page-keys"> too.

export function prepareKeys() {
  addKeysOfPage();
  document.addEventListener("keydown", (event) => {
    if (isSearchKey(event)) return search(event);
    if (event.key === "?" && isFree(event)) showKeys(event);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-search]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) search(event);
  });
}

function addKeysOfPage() {
  const own = document.getElementById("page-keys");
  const place = document.getElementById("keys-of-page");
  if (own && place) place.replaceWith(own.content.cloneNode(true));
}

function isSearchKey(event) {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) return true;
  return event.key === "/" && isFree(event);
}

// Whoever types into a field is left alone.
function isFree(event) {
  const isTyping = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  return !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]");
}

// Whoever has a search box answers the event; where nobody does, the link is followed.
function search(event) {
  const link = document.querySelector("[data-search]");
  if (!link) return;
  event.preventDefault();
  const isUnanswered = document.dispatchEvent(new CustomEvent("foremark:search", { cancelable: true }));
  if (isUnanswered) window.location.assign(link.href);
}

function showKeys(event) {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
}
