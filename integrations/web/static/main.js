// main connects the page: what is clicked, typed and sent goes to the module
// that knows what it means.

import { alter, choose, offerPeople, press, react, submit } from "./act.js";
import { closeList, fill, keydown, say, take, typed } from "./composer.js";
import * as filters from "./filters.js";
import { redraw, typed as typedField } from "./forms.js";
import { start, waiting } from "./live.js";
import * as queue from "./queue.js";
import * as scroll from "./scroll.js";
import * as sheet from "./sheet.js";
import * as side from "./side.js";

const line = () => document.getElementById("line");

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const option = at('.proposals [role="option"]');
  if (option) return take(option.closest("form").querySelector("textarea"), option);
  if (at("[data-close]")) return at("dialog").close();
  if (at("[data-fill]")) return fillLine(at("[data-fill]").dataset.fill);
  if (at("[data-act]")) return alter(at("[data-act]"));
  if (at("[data-react]")) return react(at("[data-react]"));
  if (at("[data-thread]")) return openThread(at("[data-thread]").dataset.thread);
  if (at("button[data-line]")) return press(at("button[data-line]"));
});

document.addEventListener("change", (event) => {
  const field = event.target.closest("dialog.form [data-live]");
  if (field && !event.target.matches(".finder")) redraw(event.target.form, field);
  if (event.target.matches("select[data-menu]") && event.target.value) choose(event.target);
});

for (const reached of ["pointerdown", "focusin"]) {
  document.addEventListener(reached, (event) => {
    if (event.target.matches?.("select[data-people]")) offerPeople(event.target);
    if (event.target.matches?.("dialog.form [data-from]")) typedField(event.target);
  });
}

// A list of proposals must not take the focus from the line it is about.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest(".proposals")) event.preventDefault();
});

// fillLine puts a command into the line; a page without one leads to the first
// channel, which has one.
function fillLine(text) {
  if (line()) return fill(line(), text);
  sessionStorage.setItem(waiting, text);
  location.href = "/";
}

function fillWhatWaits() {
  const text = sessionStorage.getItem(waiting);
  if (!text || !line()) return;
  sessionStorage.removeItem(waiting);
  fillLine(text);
}

function openThread(id) {
  const thread = document.getElementById(id);
  thread.dataset.wanted = "";
  thread.open = true;
  thread.querySelector("textarea").focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".composer")) say(form);
  else if (form.closest("dialog.form")) form.each ? form.each() : submit(form);
  else return;
  event.preventDefault();
});

document.addEventListener("input", (event) => {
  if (event.target.matches(".composer textarea")) typed(event.target);
  if (event.target.matches("dialog.form [data-from]")) typedField(event.target);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches(".composer textarea")) closeList(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches(".composer textarea")) return keydown(event, event.target);
  if (event.target.matches(".finder") && event.key === "Enter") event.preventDefault(); // it is no field to send
  if (event.key === "Escape") side.close();
  const typing = event.target.matches("input, textarea, select") || document.querySelector("dialog[open]");
  if (event.key === "/" && !typing && line() && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    line().focus();
  }
});

// On a phone a pinned card would leave no room for what is said. Until it is folded
// the style shows it so.
if (matchMedia("(max-width: 699px)").matches) document.getElementById("pinned")?.removeAttribute("open");
document.body.classList.add("ready");

side.start();
scroll.start();
filters.start();
queue.start();
sheet.start();
start();
// Wide screens have a keyboard at hand; on a phone it would cover the page.
if (line() && matchMedia("(min-width: 700px)").matches) line().focus({ preventScroll: true });
fillWhatWaits();
