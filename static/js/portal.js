// What every page has: menus that close, dialogs that ask first, the search box's keys, focus after a swap by htmx.

import { prepareDialogs } from "./kit/dialogs.js";
import { prepareForms } from "./kit/forms.js";
import { prepareKeys } from "./kit/keys.js";
import { prepareLook } from "./kit/look.js";
import { prepareMenus } from "./kit/menus.js";
import { prepareSearch } from "./kit/search.js";
import { prepareSwaps } from "./kit/swaps.js";

document.documentElement.classList.add("has-script");
for (const prepare of [prepareMenus, prepareDialogs, prepareForms, prepareLook, prepareSwaps, prepareSearch, prepareKeys]) prepare();
