// live keeps the page true: it listens for changes, asks for the page again
// and puts in what differs.

import { morph } from "./morph.js";

const parts = ["side", "main"];
const soon = 40; // ms, to take several changes together
const later = 800; // ms, for what happens elsewhere
const retry = 1500; // ms, while nobody answers
const anyway = 30000; // ms, since ages grow by themselves

// waiting is where a line is kept that the next page of the same person puts into
// its own.
export const waiting = "cresset-fill-" + document.body.dataset.me;

let timer = 0;
let due = 0;
let running = false;
let stream = null;

export function start() {
  listen();
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  setInterval(() => document.hidden || refresh(0), anyway);
}

function listen() {
  if (stream) return;
  stream = new EventSource("/live?channel=" + encodeURIComponent(document.body.dataset.channel));
  stream.addEventListener("here", () => refresh(soon));
  stream.addEventListener("elsewhere", () => refresh(later));
  stream.addEventListener("error", lost);
  stream.addEventListener("open", () => document.body.classList.remove("cut-off"));
}

// lost waits until the browser has connected again. Where it was refused it does
// not try; then the page is asked for, and says why.
function lost(event) {
  document.body.classList.add("cut-off");
  if (event.target.readyState !== EventSource.CLOSED) return;
  stop();
  refresh(later);
}

// A hidden page lets go of its connection: browsers allow few per site.
function stop() {
  if (stream) stream.close();
  stream = null;
}

// refresh asks for the page again within some milliseconds.
export function refresh(within) {
  const at = performance.now() + within;
  if (timer && due <= at) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(run, within);
}

async function run() {
  timer = 0;
  if (running) return refresh(soon);
  running = true;
  let away = true;
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    away = answer.status >= 500; // or a proxy says so
    if (answer.redirected) return leave(answer.url);
    if (answer.ok) apply(await answer.text());
    if (answer.ok && !document.hidden) listen();
  } catch {
    // Nobody answers.
  } finally {
    running = false;
    // A stream says by itself when the bot is back. Without one the page asks.
    if (away && !stream && !document.hidden) refresh(retry);
  }
}

// leave goes where a page of nobody leads: to the login. A line that was typed
// waits for whoever typed it, and a form says why it cannot be sent.
function leave(url) {
  if (document.querySelector("dialog[open]")) return;
  const line = document.getElementById("line");
  if (line && line.value.trim()) sessionStorage.setItem(waiting, line.value);
  location.assign(url);
}

function apply(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const focused = document.activeElement;
  for (const id of parts) {
    const fresh = page.getElementById(id);
    if (fresh) morph(document.getElementById(id), fresh);
  }
  // What went to another place on the page lost the focus on its way.
  if (focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("cresset:fresh"));
}
