// queue is the table of what waits: moving through it, selecting in it, and the
// keys that do what its buttons do.

import { say, wayOf } from "./act.js";
import { run } from "./bulk.js";

const rows = () => [...document.querySelectorAll("tr[data-request]")];
const boxOf = (row) => row.querySelector(".pick input");
const picked = () => rows().filter((row) => boxOf(row)?.checked);
const here = () => document.activeElement.closest?.("tr[data-request]");

let at = -1; // the line that was last reached, which may be gone by now
let anchor = ""; // the request from which a range is selected

export function start() {
  if (!document.getElementById("bulk")) return;
  document.addEventListener("focusin", () => here() && (at = rows().indexOf(here())));
  document.addEventListener("click", clicked);
  document.addEventListener("change", (event) => event.target.matches(".pick input") && count());
  document.addEventListener("keydown", pressed);
  document.addEventListener("cresset:fresh", fresh);
  count();
}

// fresh goes on at the line that took the place of one that is gone.
function fresh() {
  count();
  if (document.activeElement === document.body && at >= 0) step(0);
}

function clicked(event) {
  const box = event.target.closest(".pick input");
  if (box?.id === "pick-all") return pickAll(box.checked);
  if (box) return pick(box.closest("tr"), box.checked, event.shiftKey);
  if (event.target.closest("[data-unpick]")) return pickAll(false);
  if (event.target.closest("[data-keys]")) return document.getElementById("keys").showModal();
  const button = event.target.closest("[data-verb]");
  if (button) act(button);
}

// pick selects a line, or all from the last one that was selected to it.
function pick(row, on, range) {
  const all = rows();
  const from = all.findIndex((r) => r.dataset.request === anchor);
  const to = all.indexOf(row);
  const some = range && from >= 0 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [row];
  for (const r of some) boxOf(r).checked = on;
  anchor = row.dataset.request;
  count();
}

function pickAll(on) {
  for (const row of rows()) boxOf(row).checked = on;
  if (!on) document.getElementById("bulk-failed").replaceChildren();
  count();
}

// count shows what can be done with what is selected. Why something was refused stays
// to be read, also of a request that is gone.
function count() {
  const bar = document.getElementById("bulk");
  if (bar.getAttribute("aria-busy") === "true") return;
  const n = picked().length;
  bar.hidden = n === 0 && document.getElementById("bulk-failed").childElementCount === 0;
  document.getElementById("bulk-count").textContent = n + " selected";
  const all = document.getElementById("pick-all");
  if (!all) return;
  all.checked = n > 0 && n === rows().length;
  all.indeterminate = n > 0 && !all.checked;
}

// act does something with what is selected, else with the line that somebody is on.
async function act(button) {
  const some = picked().map((row) => row.dataset.request);
  if (some.length > 0) {
    await run(button, some);
    return count();
  }
  const link = here()?.querySelector("a.title");
  if (!link) return;
  const id = here().dataset.request;
  const own = here().querySelector(`[data-line="${button.dataset.verb} ${id}"]`);
  if (own) own.click(); // with its question, if it has one
  else say(link, button.dataset.verb + " " + id, wayOf(button));
}

const typing = 'input:not([type="checkbox"]), textarea, select';

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(typing) || document.querySelector("dialog[open]")) return;
  const did = meaning(event);
  if (!did) return;
  event.preventDefault();
  did();
}

// meaning is what a key does, nothing for a key that means nothing here.
function meaning(event) {
  const row = here();
  switch (event.key) {
    case "j":
      return () => step(1);
    case "k":
      return () => step(-1);
    case "ArrowDown":
      return row && (() => step(1));
    case "ArrowUp":
      return row && (() => step(-1));
    case "x":
      return row && (() => pick(row, !boxOf(row).checked, false));
    case "X":
      return row && (() => pick(row, true, true));
    case "Escape":
      return !document.getElementById("bulk").hidden && (() => pickAll(false));
    case "/":
      return () => document.getElementById("filter-text").focus();
    case "?":
      return () => document.getElementById("keys").showModal();
  }
  const button = document.querySelector(`[data-verb][data-key="${CSS.escape(event.key)}"]`);
  return button && (() => act(button));
}

// step goes so many lines on, and not beyond the last one.
function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const row = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  row.querySelector("a.title").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}
