// The line that says how things stand: saved, saving, kept here while offline, or what needs a look.

import { toast } from "../kit/toast.js";
import { say } from "./texts.js";

const MOMENT = 5000;

export class Status {
  // `onLook` leads to the next cell that needs a look.
  constructor(place, onLook) {
    this.place = place;
    this.moment = "";
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "marks-look" });
    this.button.addEventListener("click", onLook);
  }

  // The state of everything, the most pressing first.
  show(saving, grid) {
    const troubled = grid.open.filter((cell) => cell.isTroubled).length;
    const [state, sentence] = this.#facts(saving, troubled);
    if (saving.trouble !== this.trouble) this.#press(saving);
    this.trouble = saving.trouble;
    this.standing = [state, sentence];
    this.isLook = state === "attention" && sentence === say("attention", { n: troubled });
    if (state === "attention" || state === "offline") this.moment = "";
    this.#write();
  }

  #facts({ trouble, problem, unsent, isUnsent }, troubled) {
    if (trouble === "signed-out") return ["attention", say("signed-out")];
    if (problem) return ["attention", problem];
    if (trouble === "offline" && isUnsent) return ["offline", say("offline", { n: unsent })];
    if (isUnsent) return ["saving", say("saving")];
    if (troubled) return ["attention", say("attention", { n: troubled })];
    return ["saved", say("saved")];
  }

  // Signed out: what is typed is safe here, and a new page asks for the password.
  #press(saving) {
    const { trouble, problem } = saving;
    this.box?.remove();
    this.box = null;
    if (trouble === "signed-out") {
      this.box = toast(say("signed-out"), { isWarning: true, action: { label: say("sign-in"), run: () => { saving.isLetGo = true; location.reload(); } } });
    } else if (trouble === "refused") this.box = toast(problem, { isWarning: true });
  }

  // A passing sentence: "3 marks taken back."
  pass(sentence) {
    this.moment = sentence;
    this.#write();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.moment = ""; this.#write(); }, MOMENT);
  }

  #write() {
    if (!this.place || !this.standing) return;
    const [state, sentence] = this.standing;
    const words = this.moment || sentence;
    this.place.dataset.state = state;
    const isLook = this.isLook && !this.moment;
    if (isLook && this.button.parentNode !== this.place) this.place.replaceChildren(this.button);
    const holder = isLook ? this.button : this.place;
    if (holder.textContent !== words || (!isLook && this.button.isConnected)) holder.textContent = words;
  }
}
