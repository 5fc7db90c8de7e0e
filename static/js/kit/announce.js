// Says a sentence to screen readers without moving the focus. The page has one place for that: #announcer in base.html.

export function announce(sentence) {
  const place = document.getElementById("announcer");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = sentence; });
}
