// notices say what came of an act on a page that is no conversation.

const stays = 12000; // ms

// notice shows an answer of the server, or a sentence.
export function notice(what, tone) {
  const box = document.createElement("div");
  box.className = "notice " + tone;
  if (typeof what === "string") box.textContent = what;
  else box.append(...new DOMParser().parseFromString(what.notice, "text/html").body.childNodes);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.setAttribute("aria-label", "Close");
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(close);
  document.getElementById("notices").append(box);
  if (tone !== "danger") fade(box);
}

// fade takes a notice away in time, but not from under a pointer or the focus.
function fade(box) {
  setTimeout(() => (box.matches(":hover, :focus-within") ? fade(box) : box.remove()), stays);
}
