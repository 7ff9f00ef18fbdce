// scroll keeps a conversation at its end while somebody reads there, and where
// they are while they read further up.

const near = 120; // px from the end that count as reading there

let atEnd = false;
let length = 0;

export function start() {
  const stream = document.getElementById("stream");
  if (!stream) return;
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: "center" });
  else if (count() > 0) toEnd();
  length = count();
  look();
  stream.addEventListener("scroll", look, { passive: true });
  document.addEventListener("cresset:fresh", follow);
  document.addEventListener("cresset:said", (event) => (atEnd = atEnd || event.detail === "line-form"));
  document.getElementById("newer").addEventListener("click", toEnd);
  // Pictures and folded parts change the height without a word.
  new ResizeObserver(() => atEnd && toEnd()).observe(document.getElementById("log"));
  new ResizeObserver(() => atEnd && toEnd()).observe(stream);
}

const count = () => document.querySelectorAll("#log .message").length;

function look() {
  const stream = document.getElementById("stream");
  atEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < near;
  if (atEnd) document.getElementById("newer").hidden = true;
}

function follow() {
  const now = count();
  if (atEnd && now > length && tooTall()) toStart();
  else if (atEnd) toEnd();
  else if (now > length) document.getElementById("newer").hidden = false;
  length = now;
}

const latest = () => document.querySelector("#log .entry:last-of-type");

// tooTall is whether the latest message does not fit: then its beginning counts.
function tooTall() {
  return latest().offsetHeight > document.getElementById("stream").clientHeight;
}

function toStart() {
  latest().scrollIntoView({ block: "start" });
  atEnd = false;
}

function toEnd() {
  const stream = document.getElementById("stream");
  stream.scrollTop = stream.scrollHeight;
  document.getElementById("newer").hidden = true;
}
