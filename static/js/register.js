// The register of a class: finding a name as one types, and printing.
import { findNames } from "./kit/names.js";
import "./printing.js";

findNames({
  typing: "register-typing",
  rows: () => [...document.querySelectorAll(".roster tbody tr[data-name]")],
  links: ".toolbar .pill, .tools a[href], .roster thead a",
});
