// composer is the line that people type into: commands are completed, earlier
// lines come back, and what was not saved stays where it is.

import { newKey, placeOf, send, show } from "./act.js";

const pause = 90; // ms without a key until proposals are asked for

export function grow(box) {
  box.style.height = "auto";
  box.style.height = box.scrollHeight + "px";
}

export async function say(form) {
  const box = form.querySelector("textarea");
  const text = box.value.trim();
  if (!text || form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  closeList(box);
  const body = placeOf(form);
  body.set("text", text);
  body.set("key", form.unsaved === text ? form.actKey : newKey());
  form.actKey = body.get("key");
  const answer = await send("/say", body);
  form.removeAttribute("aria-busy");
  trouble(form, answer.error || "");
  form.unsaved = answer.error ? text : "";
  if (answer.error) return;
  remember(text);
  if (box.value.trim() === text) box.value = "";
  grow(box);
  document.dispatchEvent(new CustomEvent("cresset:said", { detail: form.id }));
  show(answer, box);
}

function trouble(form, text) {
  const line = form.querySelector(".trouble");
  line.textContent = text;
  line.hidden = !text;
}

export function typed(box) {
  grow(box);
  box.recalled = undefined;
  clearTimeout(box.timer);
  box.timer = setTimeout(() => propose(box), pause);
}

async function propose(box) {
  const line = box.value;
  if (!line.trim() || line.includes("\n")) return closeList(box);
  try {
    const answer = await fetch("/complete?line=" + encodeURIComponent(line));
    const options = await answer.json();
    if (box.value === line && document.activeElement === box) fillList(box, options);
  } catch {
    closeList(box);
  }
}

function listOf(box) {
  return document.getElementById(box.getAttribute("aria-controls"));
}

function fillList(box, options) {
  const list = listOf(box);
  list.replaceChildren(...options.map((o, i) => item(list, o, i)));
  list.hidden = options.length === 0;
  box.setAttribute("aria-expanded", String(options.length > 0));
  box.removeAttribute("aria-activedescendant");
}

function item(list, option, i) {
  const li = document.createElement("li");
  li.id = list.id + "-" + i;
  li.setAttribute("role", "option");
  li.setAttribute("aria-selected", "false");
  li.dataset.value = option.value;
  const value = document.createElement("code");
  value.textContent = option.value;
  li.append(value);
  if (option.label && option.label !== option.value) {
    const label = document.createElement("span");
    label.textContent = option.label;
    li.append(label);
  }
  return li;
}

export function closeList(box) {
  clearTimeout(box.timer);
  fillList(box, []);
}

function selected(box) {
  return listOf(box).querySelector('[aria-selected="true"]');
}

function move(box, by) {
  const items = [...listOf(box).children];
  const now = selected(box);
  const next = items[(items.indexOf(now) + by + items.length + (now || by > 0 ? 0 : 1)) % items.length];
  if (now) now.setAttribute("aria-selected", "false");
  next.setAttribute("aria-selected", "true");
  next.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", next.id);
}

export function take(box, li) {
  fill(box, li.dataset.value + (li.dataset.value.endsWith(":") ? "" : " "));
  typed(box);
}

// fill puts a line into the box, ready to be changed.
export function fill(box, line) {
  box.value = line;
  box.focus();
  box.setSelectionRange(line.length, line.length);
  grow(box);
}

// keydown is what keys mean in the line.
export function keydown(event, box) {
  if (event.isComposing) return;
  const open = !listOf(box).hidden;
  const choice = open ? selected(box) : null;
  const key = event.key;
  if (open && (key === "ArrowDown" || key === "ArrowUp")) move(box, key === "ArrowDown" ? 1 : -1);
  else if (open && key === "Escape") closeList(box);
  else if (open && key === "Tab" && !event.shiftKey) take(box, choice || listOf(box).firstChild);
  else if (choice && key === "Enter") take(box, choice);
  else if (key === "Enter" && !event.shiftKey) box.form.requestSubmit();
  else if (key === "ArrowUp" && (box.value === "" || box.recalled !== undefined)) recall(box, 1);
  else if (key === "ArrowDown" && box.recalled !== undefined) recall(box, -1);
  else return;
  event.preventDefault();
}

const historyKey = "cresset-lines-" + document.body.dataset.me; // another person's lines are theirs
const most = 50;

function history() {
  try {
    return JSON.parse(sessionStorage.getItem(historyKey)) || [];
  } catch {
    return [];
  }
}

function remember(line) {
  const lines = [line, ...history().filter((l) => l !== line)].slice(0, most);
  sessionStorage.setItem(historyKey, JSON.stringify(lines));
}

// recall walks through what was typed before, the latest first.
function recall(box, by) {
  const lines = history();
  const at = Math.min(lines.length - 1, (box.recalled ?? -1) + by);
  fill(box, at < 0 ? "" : lines[at]);
  box.recalled = at < 0 ? undefined : at;
}
