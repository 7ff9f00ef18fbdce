// act sends what a person does, once, and shows what comes back.

import { openForm, showProblems, ask } from "./dialogs.js";
import { refresh } from "./live.js";
import { notice } from "./notices.js";

const away = "Not saved: cresset does not answer. Try again.";

// newKey names one act. The same key sent again is the same act.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

// placeOf is where on the page something is done, as the server wants it.
export function placeOf(element) {
  const place = element.closest("[data-place]");
  return new URLSearchParams(place ? place.dataset.place : "");
}

// send gives the answer; its error is set when nothing happened.
export async function send(path, body) {
  try {
    const answer = await fetch(path, { method: "POST", body });
    return await answer.json();
  } catch {
    return { error: away };
  }
}

// press runs the command of a button.
export async function press(button) {
  if (button.dataset.confirm && !(await ask(button.dataset.confirm, button))) return;
  await say(button, button.dataset.line, wayOf(button));
}

// wayOf is where the line of a button goes: one that has all it needs may be asked
// for its form all the same.
export const wayOf = (button) => ("form" in button.dataset ? "/draft" : "/press");

// say runs a command line where an element stands.
export async function say(element, line, way = "/press") {
  const body = placeOf(element);
  body.set("line", line);
  about(body, element);
  await once(element, way, body);
}

// choose runs the command of a menu with what was chosen, and shows the menu as
// it was: what became of it stands in the message.
export async function choose(menu) {
  await say(menu, menu.dataset.menu + " " + menu.value);
  menu.value = "";
}

// offerPeople fills a menu of people when somebody reaches for it.
export function offerPeople(menu) {
  if (menu.length > 1) return;
  for (const { value } of document.getElementById("everybody").options) menu.add(new Option("@" + value));
}

// react gives a message an emoji.
export async function react(button) {
  const body = placeOf(button);
  body.set("name", button.dataset.react);
  about(body, button);
  await once(button, "/react", body);
}

// alter changes the room itself, or what is pinned in it.
export async function alter(button) {
  if (button.dataset.confirm && !(await ask(button.dataset.confirm, button))) return;
  const body = placeOf(button);
  about(body, button);
  await once(button, "/" + button.dataset.act, body);
}

function about(body, element) {
  const message = element.closest("[data-seq]");
  if (message) body.set("about", message.dataset.seq);
}

// once sends an act of a button, which can be pressed again only when it is
// known what became of it. If nothing did, the next press is the same act.
async function once(button, path, body) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  body.set("key", button.actKey || newKey());
  const answer = await send(path, body);
  button.removeAttribute("aria-busy");
  button.actKey = answer.error ? body.get("key") : "";
  if (answer.error) notice(answer.error, "danger");
  show(answer, button);
}

// show does what an answer asks for.
export function show(answer, opener) {
  if (answer.away) return location.assign("/");
  if (answer.form) openForm(answer.form, opener);
  else if (answer.notice) notice(answer, answer.failed ? "danger" : "");
  refresh(0);
}

// submit sends a filled form, and closes it when the command was done.
export async function submit(form) {
  const dialog = form.closest("dialog");
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of placeOf(form)) body.set(name, value);
  body.set("key", form.actKey || newKey());
  const answer = await send("/submit", body);
  form.removeAttribute("aria-busy");
  form.actKey = answer.error ? body.get("key") : "";
  if (answer.error || answer.problems || answer.failed) {
    showProblems(form, answer);
    return;
  }
  dialog.close();
  show(answer, dialog.opener);
}
