// Inviting: the students are asked for only where the role is one that needs them.

const role = document.querySelector("select[name=role]");
const box = document.querySelector("[data-for-roles]");

function follow() {
  const isAsked = box.dataset.forRoles.split(" ").includes(role.value);
  const isFaulty = box.querySelector(".errors") !== null; // a sentence about it must not be hidden
  box.hidden = !isAsked && !isFaulty;
}

if (role && box) {
  role.addEventListener("change", follow);
  follow();
}
