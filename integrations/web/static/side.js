// side is the menu: a drawer on small screens, with a mark at each channel in
// which something new was said.

const seenKey = "cresset-seen";

export function start() {
  document.getElementById("menu").addEventListener("click", toggle);
  document.getElementById("shade").addEventListener("click", close);
  document.addEventListener("cresset:fresh", mark);
  mark();
}

function toggle() {
  if (document.body.classList.contains("menu-open")) close();
  else set(true);
}

export function close() {
  if (!document.body.classList.contains("menu-open")) return;
  set(false);
  document.getElementById("menu").focus();
}

function set(open) {
  document.body.classList.toggle("menu-open", open);
  document.getElementById("shade").hidden = !open;
  document.getElementById("menu").setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#side a").focus();
}

function seen() {
  try {
    return JSON.parse(localStorage.getItem(seenKey)) || {};
  } catch {
    return {};
  }
}

function mark() {
  const known = seen();
  const here = document.body.dataset.channel;
  for (const link of document.querySelectorAll("#side [data-room]")) {
    const last = Number(link.dataset.last);
    if (link.dataset.room === here && !document.hidden) known[here] = last;
    link.classList.toggle("unread", last > (known[link.dataset.room] || 0));
  }
  localStorage.setItem(seenKey, JSON.stringify(known));
}
