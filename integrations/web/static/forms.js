// forms helps with filling in: it proposes values while somebody types, and asks
// for the form anew when a field changes on which others hang.

import { newKey, placeOf, send } from "./act.js";
import { showProblems } from "./dialogs.js";
import { morph } from "./morph.js";

const pause = 90; // ms without a key until proposals are asked for

// typed proposes values for what stands in a field.
export function typed(box) {
  clearTimeout(box.timer);
  box.timer = setTimeout(() => propose(box), pause);
  if (box.matches(".finder")) sift(box);
}

async function propose(box) {
  const words = box.value;
  const query = new URLSearchParams({ from: box.dataset.from, typed: words });
  try {
    const answer = await fetch("/suggest?" + query);
    const options = await answer.json();
    if (box.value === words) offer(box, options);
  } catch {
    // What was proposed before stays.
  }
}

function offer(box, options) {
  if (!box.matches(".finder")) {
    box.list.replaceChildren(...options.map((o) => new Option(o.label, o.value)));
    return;
  }
  const all = box.closest("[data-field]").querySelector(".options");
  const there = new Set([...all.querySelectorAll("input")].map((i) => i.value));
  for (const o of options) if (!there.has(o.value)) all.append(tick(all, o));
  sift(box);
}

// tick is one more option, like the others.
function tick(all, option) {
  const label = all.querySelector("label").cloneNode(true);
  const input = label.querySelector("input");
  label.removeAttribute("id");
  input.value = option.value;
  input.checked = false;
  label.replaceChildren(input, " " + option.label);
  return label;
}

// sift shows what was found, and what is ticked.
function sift(box) {
  const words = box.value.trim().toLowerCase();
  for (const label of box.closest("[data-field]").querySelectorAll(".options label")) {
    const input = label.querySelector("input");
    label.hidden = !input.checked && !(label.textContent + " " + input.value).toLowerCase().includes(words);
  }
}

// redraw asks for the form with what was filled in so far. Of several answers the
// last counts; what somebody types meanwhile stays.
export async function redraw(form, field) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of placeOf(form)) body.set(name, value);
  body.set("key", newKey());
  form.drafts = (form.drafts || 0) + 1;
  const draft = form.drafts;
  field.setAttribute("aria-busy", "true");
  const answer = await send("/draft", body);
  if (draft !== form.drafts) return;
  for (const busy of form.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  if (answer.error) return showProblems(form, answer);
  if (!answer.form) return;
  const fresh = new DOMParser().parseFromString(answer.form, "text/html").querySelector("dialog form");
  morph(form, fresh);
}
