// morph makes one element like another and touches only what differs, so that
// focus, scroll, what is being typed and what is folded open stay as they are.

export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  attributes(old, fresh);
  if (old.hasAttribute("data-keep")) return; // belongs to whoever types in it
  children(old, fresh);
}

// What the reader changed is not in the page that the server sends.
const theirs = new Set(["open", "hidden", "data-wanted", "aria-expanded", "aria-busy"]);
const typedInto = 'input:not([type="checkbox"], [type="hidden"])';

function attributes(old, fresh) {
  if (old.dataset.open !== fresh.dataset.open) old.open = fresh.hasAttribute("open");
  const mine = (name) => !theirs.has(name) && !(name === "value" && old.matches(typedInto));
  for (const { name, value } of fresh.attributes) {
    if (mine(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (mine(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

// nameOf is what an element is known by: what is chosen must not slip to another
// option.
const nameOf = (node) => node.id || (node.tagName === "OPTION" ? "option " + node.value : "");

function children(old, fresh) {
  const named = new Map();
  for (const child of old.children) if (nameOf(child)) named.set(nameOf(child), child);
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

// match is the old node that becomes the wanted one: that of the same name, else
// the next one if it is of the same kind and has no name.
function match(at, wanted, named) {
  if (nameOf(wanted)) {
    const old = named.get(nameOf(wanted));
    return old && old.tagName === wanted.tagName ? old : null;
  }
  if (!at || at.nodeType !== wanted.nodeType) return null;
  if (at.nodeType !== Node.ELEMENT_NODE) return at;
  return at.tagName === wanted.tagName && !nameOf(at) ? at : null;
}
