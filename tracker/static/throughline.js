// Runs after the design system's own module. Every page works without it.
const root = document.documentElement;
root.classList.add("js-enabled");

// Without scripts the small-screen menu stands open.
document.getElementById("mobile-navigation")?.classList.remove("ds_site-navigation--open");

// initAll would also collect what people click on. Nothing here measures people.
window.DS.tracking.init = () => {};

// A table that scrolls must be reachable by keyboard, even without a link in it.
function reach(scope) {
  for (const table of scope.querySelectorAll("table[data-smallscreen]")) {
    if (table.classList.contains("js-is-scrolling")) table.tabIndex = 0;
    else table.removeAttribute("tabindex");
  }
}

function start(scope) {
  window.DS.initAll(scope);
  reach(scope);
  scope.querySelector("[data-takes-focus]")?.focus();
}

// One answer to one click: a second one would be told that the first has changed what it sends.
let sent = new WeakSet();
let unsaved = false;
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
  unsaved = false;
});
document.addEventListener("input", (event) => {
  if (event.target.form?.method === "post") unsaved = true;
});
// What waits for people who mend something first is kept: see kept.js.
document.addEventListener("click", (event) => {
  if (event.target.closest("form[data-waits] a[data-mends]")) unsaved = false;
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
// Back at a page that the browser has kept, its forms can be sent again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) sent = new WeakSet();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
// What is shown once is copied whole. Over plain HTTP browsers give no clipboard: then by hand.
for (const shown of navigator.clipboard ? document.querySelectorAll("[data-copies]") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ds_button ds_button--secondary ds_button--small";
  button.textContent = "Copy";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  shown.after(" ", button, " ", said);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(shown.textContent);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "It could not be copied: mark it and copy it by hand.";
    }
  });
}

// What a phone would have to scroll past stands folded there; without scripts it stands open.
if (window.matchMedia("(max-width: 47.9375rem)").matches) {
  for (const fold of document.querySelectorAll("[data-folds-when-narrow]")) fold.open = false;
}

start(document);
// After the design system has seen which tables scroll now.
window.addEventListener("resize", () => setTimeout(() => reach(document)));
document.addEventListener("htmx:afterSettle", (event) => start(event.detail.elt));
