// filters ask for the queue again with what was chosen, without loading the page.

import { refresh } from "./live.js";

const pause = 200; // ms in which nothing was typed
let timer = 0;

export function start() {
  const form = document.getElementById("filters");
  if (!form) return;
  form.addEventListener("change", () => apply(form, 0));
  form.addEventListener("input", (event) => event.target.matches('[type="search"]') && apply(form, pause));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply(form, 0);
  });
}

function apply(form, within) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", location.pathname + (wanted.size ? "?" + wanted : ""));
    refresh(0);
  }, within);
}
