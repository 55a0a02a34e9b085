// Runs after the design system's own module. Every page works without it.
const root = document.documentElement;
root.classList.add("js-enabled");

// Without scripts the small-screen menu stands open.
document.getElementById("mobile-navigation")?.classList.remove("ds_site-navigation--open");

// initAll would also collect what people click on. Nothing here measures people.
window.DS.tracking.init = () => {};

function start(scope) {
  window.DS.initAll(scope);
  // A table that scrolls must be reachable by keyboard, even without a link in it.
  for (const table of scope.querySelectorAll("table.js-is-scrolling")) table.tabIndex = 0;
  scope.querySelector("[data-takes-focus]")?.focus();
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.detail.elt));
