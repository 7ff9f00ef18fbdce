// morph makes one element like another and touches only what differs, so that
// focus, scroll, what is being typed and what is folded open stay as they are.

export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  attributes(old, fresh);
  if (old.hasAttribute("data-keep")) return; // belongs to whoever types in it
  children(old, fresh);
}

// What the reader changed is not in the page that the server sends.
const theirs = new Set(["open", "hidden", "value", "data-wanted", "aria-expanded", "aria-busy"]);

function attributes(old, fresh) {
  if (old.dataset.open !== fresh.dataset.open) old.open = fresh.hasAttribute("open");
  for (const { name, value } of fresh.attributes) {
    if (!theirs.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!theirs.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

function children(old, fresh) {
  const named = new Map();
  for (const child of old.children) if (child.id) named.set(child.id, child);
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const same = match(at, wanted, named);
    if (!same) {
      old.insertBefore(document.importNode(wanted, true), at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    if (same.nodeType === Node.ELEMENT_NODE) morph(same, wanted);
    else if (same.data !== wanted.data) same.data = wanted.data;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// match is the old node that becomes the wanted one: that of the same id, else
// the next one if it is of the same kind and has no id.
function match(at, wanted, named) {
  if (wanted.id) {
    const old = named.get(wanted.id);
    return old && old.tagName === wanted.tagName ? old : null;
  }
  if (!at || at.nodeType !== wanted.nodeType) return null;
  if (at.nodeType !== Node.ELEMENT_NODE) return at;
  return at.tagName === wanted.tagName && !at.id ? at : null;
}
