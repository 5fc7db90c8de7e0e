// What every page has: menus that close, dialogs that ask first, the search box's keys, focus after a swap by htmx.

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});
