// Menus made of <details class="menu">: one open at a time, closed by Escape or a click beside, walked with the arrows.

const ITEMS = ".menu-item:not([disabled], [aria-disabled=true]), .menu-panel :is(a, button, input, select):not([disabled], [type=hidden])";
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export function prepareMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.menu[open]")) closeOthers(event.target);
    if (event.target.matches?.("[popover].popover") && event.newState === "open") place(event.target);
  }, true);
  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest?.("details.menu[open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("keydown", onKey);
}

const opened = () => document.querySelectorAll("details.menu[open]");

function closeOthers(menu) {
  for (const other of opened()) if (other !== menu && !other.contains(menu)) other.open = false;
}

function onKey(event) {
  if (event.key === "Escape") return closeAll();
  const menu = event.target.closest?.("details.menu");
  if (!menu || !(event.key in STEPS) || event.target.matches("select, input[type=text], input[type=search]")) return;
  event.preventDefault();
  menu.open = true;
  const items = [...menu.querySelectorAll(ITEMS)].filter((each) => each.checkVisibility());
  const here = items.indexOf(event.target);
  const next = here < 0 && event.key === "ArrowUp" ? items.length - 1 : (here + STEPS[event.key] + items.length) % items.length;
  items[next]?.focus();
}

function closeAll() {
  for (const menu of opened()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

// A popover stands below the button that opened it, within the window.
function place(popover) {
  const opener = document.querySelector(`[popovertarget="${popover.id}"]`);
  if (!opener) return;
  const from = opener.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const below = from.bottom + 4 + size.height < window.innerHeight;
  popover.style.top = `${Math.max(8, below ? from.bottom + 4 : from.top - size.height - 4)}px`;
  popover.style.left = `${Math.max(8, Math.min(from.left, window.innerWidth - size.width - 8))}px`;
}
