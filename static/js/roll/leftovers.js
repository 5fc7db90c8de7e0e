// On the list of rolls: sends what a roll left on this device when the connection went, and says so while it waits.

import { Outbox, leftovers } from "./outbox.js";

const notice = document.getElementById("leftovers");
const boxes = leftovers(notice.dataset.user).map((each) => new Outbox({ ...each, onState: show }));
for (const box of boxes) box.flush();

function show() {
  notice.hidden = !boxes.some((box) => box.size);
}
