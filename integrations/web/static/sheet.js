// sheet takes a CSV file, tries it, says what would become of each row, and files it
// when somebody wants that.

import { refresh } from "./live.js";

const byId = (id) => document.getElementById(id);
let file = null;

export function start() {
  const drop = byId("drop");
  if (!drop) return;
  byId("sheet-file").addEventListener("change", (event) => take(event.target.files[0]));
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => over(event, true));
  drop.addEventListener("dragleave", (event) => over(event, false));
  drop.addEventListener("drop", (event) => {
    over(event, false);
    take(event.dataTransfer.files[0]);
  });
  byId("import-go").addEventListener("click", () => send(false));
}

function over(event, on) {
  event.preventDefault();
  byId("drop").classList.toggle("over", on);
}

async function take(chosen) {
  if (!chosen || byId("sheet-file").disabled) return;
  file = chosen;
  byId("sheet-name").textContent = file.name;
  await send(true);
}

// send gives the whole file and follows what becomes of it.
async function send(dry) {
  byId("sheet-file").disabled = true; // until it is known what became of this one
  byId("import-go").hidden = true;
  byId("refused").hidden = true;
  byId("refused").querySelector("tbody").replaceChildren();
  const sum = { filed: 0, known: 0, refused: 0, ignored: "", error: "" };
  const progress = byId("import-progress");
  Object.assign(progress, { max: Math.max(countRows(await file.text()), 1), value: 0, hidden: false });
  tell(dry ? "Trying …" : "Importing …");
  try {
    const query = new URLSearchParams({ from: file.name, dry_run: String(dry) });
    const answer = await fetch("/queue/import?" + query, { method: "POST", headers: { "Content-Type": "text/csv" }, body: file });
    if (!answer.ok) throw new Error(answer.statusText);
    await follow(answer.body, (part) => {
      add(sum, part);
      progress.value = sum.filed + sum.known + sum.refused;
    });
  } catch {
    sum.error = "cresset did not answer to the end. Send the sheet again: what was filed is not filed twice.";
  }
  progress.hidden = true;
  byId("sheet-file").disabled = false;
  conclude(sum, dry);
}

// follow reads lines of JSON as they come.
async function follow(stream, heard) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let ended = false;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split("\n");
    rest = lines.pop();
    for (const part of lines.map((line) => JSON.parse(line))) {
      ended = ended || Boolean(part.done || part.error);
      heard(part);
    }
  }
  if (!ended) throw new Error("cut off");
}

function add(sum, part) {
  sum.filed += part.filed;
  sum.known += part.known;
  sum.ignored = part.ignored || sum.ignored;
  sum.error = part.error || sum.error;
  for (const why of part.refused || []) {
    sum.refused += 1;
    const [, line, reason] = /^Line (\d+): (.*)$/s.exec(why) || ["", "", "", why];
    const row = byId("refused").querySelector("tbody").insertRow();
    row.insertCell().textContent = line;
    row.insertCell().textContent = reason;
  }
  byId("refused").hidden = sum.refused === 0;
}

function conclude(sum, dry) {
  const words = [];
  if (sum.filed + sum.known + sum.refused > 0) {
    words.push(`${sum.filed} ${dry ? "would be filed" : "filed"}, ${sum.known} imported before, ${sum.refused} refused.`, sum.ignored);
  }
  tell([...words, sum.error].filter(Boolean).join(" "), sum.error !== "");
  const go = byId("import-go");
  go.hidden = !dry || sum.filed === 0 || sum.error !== "";
  go.textContent = sum.filed === 1 ? "Import it" : `Import ${sum.filed} requests`;
  if (!go.hidden) go.focus();
  if (!dry) refresh(0);
}

function tell(text, bad = false) {
  byId("import-said").textContent = text;
  byId("import-said").classList.toggle("bad", bad);
}

// countRows counts the rows behind the first, of which one may have several lines
// between quotes.
function countRows(text) {
  let rows = 0;
  let quoted = false;
  let filled = false;
  for (const c of text + "\n") {
    if (c === '"') quoted = !quoted;
    if (c !== "\n" || quoted) filled = filled || c > " ";
    else if (filled) {
      rows += 1;
      filled = false;
    }
  }
  return rows - 1;
}
