// dialogs are questions and forms.

let answerLast = null; // answers the question that is put

// ask puts a yes-or-no question, and gives true for yes. A browser tells of a
// closing a moment later, when the next question may be open already: that one is
// not answered by it.
export function ask(question, button) {
  if (answerLast) answerLast(false);
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-question").textContent = question;
  const yes = document.getElementById("confirm-yes");
  yes.textContent = button.textContent.trim();
  yes.className = "button " + (button.classList.contains("danger") ? "danger" : "good");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    const answer = (yes) => {
      answerLast = null;
      resolve(yes);
    };
    answerLast = answer;
    dialog.addEventListener("close", function closed() {
      if (dialog.open) return;
      dialog.removeEventListener("close", closed);
      if (answerLast === answer) answer(dialog.returnValue === "yes");
    });
  });
}

// openForm shows the dialog that the server made. The server escapes all that
// people wrote, and no script runs in what is put in like this.
export function openForm(html, opener) {
  const dialog = new DOMParser().parseFromString(html, "text/html").querySelector("dialog");
  document.body.append(dialog);
  dialog.opener = opener;
  dialog.addEventListener("close", () => {
    dialog.remove();
    const moved = document.activeElement !== document.body && document.activeElement !== opener; // it is told a moment later
    if (opener && opener.isConnected && !moved) refocus(opener);
  });
  dialog.showModal();
}

// refocus gives the focus back. A line that Chromium gave it to by itself, when
// the dialog closed, has the focus and no caret, and what is typed is lost.
function refocus(element) {
  element.blur();
  element.focus();
}

// showProblems says at each field what is wrong with it, and keeps the values.
export function showProblems(form, answer) {
  clearProblems(form);
  let first = null;
  const rest = [];
  for (const [name, text] of Object.entries(answer.problems || {})) {
    const field = [...form.querySelectorAll("[data-field]")].find((f) => f.dataset.field === name);
    if (!field) {
      rest.push(text);
      continue;
    }
    const problem = field.querySelector(".problem");
    problem.textContent = text;
    problem.hidden = false;
    const control = field.querySelector("input, textarea, select");
    control.setAttribute("aria-invalid", "true");
    first = first || control;
  }
  alertIn(form, first ? { error: answer.error } : answer, rest);
  if (first) first.focus();
}

function alertIn(form, answer, rest) {
  const alert = form.querySelector(".alert");
  const words = answer.error ? [answer.error] : rest;
  alert.textContent = words.join(" ");
  if (answer.notice && words.length === 0) {
    const said = new DOMParser().parseFromString(answer.notice, "text/html").body.querySelector(".text");
    if (said) alert.append(said);
  }
  alert.hidden = alert.textContent === "";
}

function clearProblems(form) {
  for (const p of form.querySelectorAll(".problem")) p.hidden = true;
  for (const c of form.querySelectorAll("[aria-invalid]")) c.removeAttribute("aria-invalid");
}
