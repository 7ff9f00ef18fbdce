// bulk does one thing to several requests: one command line each, one after the
// other, as their buttons would. What was refused stays selected, with its sentence.

import { newKey, send, wayOf } from "./act.js";
import { ask, openForm, showProblems } from "./dialogs.js";
import { refresh } from "./live.js";
import { notice } from "./notices.js";

// run says the verb of a button to each of the requests. If the first answers with a
// form, it is asked for all of them.
export async function run(button, requests) {
  const bar = document.getElementById("bulk");
  if (bar.getAttribute("aria-busy") === "true") return;
  const question = button.dataset.question;
  if (question && !(await ask(sentence(requests) + (requests.length === 1 ? " is " : " are ") + question, button))) return;
  const line = (request) => send(wayOf(button), new URLSearchParams({ key: newKey(), line: button.dataset.verb + " " + request }));
  const first = await line(requests[0]);
  if (first.form) return fill(first.form, button, requests);
  await each(requests, line, first);
}

const sentence = (requests) => (requests.length > 3 ? requests.length + " requests" : requests.join(", "));

// fill opens the form of the first request for all of them.
function fill(html, button, requests) {
  openForm(html, button);
  const form = document.querySelector("dialog.form[open] form");
  form.querySelector('[data-field="request"]')?.remove();
  const about = document.createElement("p");
  about.className = "means";
  about.textContent = "For " + sentence(requests) + ".";
  form.querySelector("h2").after(about);
  form.each = () => submit(form, requests);
}

// submit sends the form for each request. What is wrong with the form itself shows at
// the first one, and nothing is done yet.
async function submit(form, requests) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const line = (request) => {
    const body = new URLSearchParams(new FormData(form));
    body.set("v.request", request);
    body.set("key", newKey());
    return send("/submit", body);
  };
  const first = await line(requests[0]);
  form.removeAttribute("aria-busy");
  if (first.error || Object.keys(first.problems || {}).some((name) => name !== "request")) return showProblems(form, first);
  form.closest("dialog").close();
  await each(requests, line, first);
}

// each goes through the requests, of which the first has been answered already.
async function each(requests, line, first) {
  const bar = document.getElementById("bulk");
  const progress = document.getElementById("bulk-progress");
  const failed = document.getElementById("bulk-failed");
  bar.setAttribute("aria-busy", "true");
  failed.replaceChildren();
  Object.assign(progress, { max: requests.length, value: 0, hidden: false });
  let done = 0;
  for (const request of requests) {
    document.getElementById("bulk-count").textContent = progress.value + 1 + " of " + requests.length;
    const answer = request === requests[0] ? first : await line(request);
    const why = refusal(answer);
    const box = document.getElementById("pick-" + request);
    if (why) failed.append(item(request, why));
    else if (box) box.checked = false;
    done += why ? 0 : 1;
    progress.value += 1;
  }
  progress.hidden = true;
  bar.removeAttribute("aria-busy");
  notice(done + " of " + requests.length + " went through.", done === requests.length ? "" : "danger");
  refresh(0);
}

// refusal is why nothing was done, "" when it was.
function refusal(answer) {
  if (answer.error) return answer.error;
  if (answer.form) return "It needs more details. Do this one on its own.";
  const said = textOf(answer.notice || "");
  return answer.failed ? [...Object.values(answer.problems || {}), said].filter(Boolean).join(" ") : "";
}

function textOf(html) {
  return new DOMParser().parseFromString(html, "text/html").body.querySelector(".text")?.textContent.trim() || "";
}

function item(request, why) {
  const li = document.createElement("li");
  li.textContent = why.includes(request) ? why : request + ": " + why;
  return li;
}
