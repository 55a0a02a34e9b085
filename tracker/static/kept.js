// When the session has ended, what is sent leads to the sign-in page and would be lost; where a new
// one has begun in another window, the form is refused. What was sent is kept in this window until
// the same person is back at the same page. So is what stands in a form that sends people elsewhere
// to mend something first. Every page works without it.
const KEY = "throughline-kept";
const LEFT = "throughline-left";
const NEVER = ["file", "password", "submit", "button", "reset", "image"];
const person = document.body.dataset.person; // of nobody on the sign-in page

function fieldsOf(form) {
  const seen = {};
  return [...form.elements]
    .filter((field) => field.name && field.name !== "csrfmiddlewaretoken")
    .filter((field) => !NEVER.includes(field.type) && field.tagName !== "FIELDSET")
    .map((field) => {
      const ticked = field.type === "radio" || field.type === "checkbox";
      const name = ticked ? `${field.name}=${field.value}` : field.name;
      seen[name] = (seen[name] ?? -1) + 1;
      return { field, ticked, key: `${name} ${seen[name]}` };
    });
}

function posted() {
  return [...document.querySelectorAll("main form[method=post]")];
}

// Fields that nobody sees go with the others: the version among them says whether somebody else
// has changed meanwhile what comes back.
function keep(form, store = KEY) {
  const place = posted().indexOf(form);
  const fields = fieldsOf(form);
  if (!person || place < 0 || fields.every(({ field }) => field.type === "hidden")) return;
  const values = fields.map(({ field, ticked, key }) => [key, ticked ? field.checked : field.value]);
  const files = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  const kept = { person, path: location.pathname, place, values, files, waits: false };
  sessionStorage.setItem(store, JSON.stringify(kept));
}

function say(words) {
  const said = document.createElement("div");
  said.className = "ds_notification-message ds_notification-message--info tl_message";
  said.setAttribute("role", "status");
  document.getElementById("main-content").prepend(said);
  const body = document.createElement("p");
  body.className = "ds_notification-message__body";
  body.textContent = words;
  said.append(body);
}

function giveBack(kept, words, wanted) {
  const form = posted()[kept.place];
  if (!form) return;
  const values = new Map(kept.values);
  const back = fieldsOf(form).filter(({ field, key }) => values.has(key) && wanted(field));
  if (!back.length) return;
  for (const { field, ticked, key } of back) {
    if (ticked) field.checked = values.get(key);
    else field.value = values.get(key);
  }
  const again = kept.files ? " Choose the file again before you save." : "";
  say(`${words} What you typed is back; nothing was saved yet.${again}`);
  // As if it were typed now: whoever leaves is asked first.
  back[0].field.dispatchEvent(new Event("input", { bubbles: true }));
}

// A form of before the person signed in once more, in another window, is refused: it is sent again.
function wayBack(refused, kept) {
  sessionStorage.setItem(KEY, JSON.stringify({ ...kept, waits: true, refused: true }));
  refused.querySelector("a").href = kept.path;
  refused.hidden = false;
  document.querySelector("[data-when-lost]").hidden = true;
}

function arrive() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!kept) return;
  if (!person) {
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept, waits: true }));
    if (document.querySelector("main input[type=password]")) {
      say("Your session ended. What you typed is kept in this window until you sign in again.");
    }
    return;
  }
  const refused = document.querySelector("[data-not-accepted]");
  if (refused && kept.person === person) {
    wayBack(refused, kept);
    return;
  }
  sessionStorage.removeItem(KEY);
  if (kept.waits && kept.person === person && kept.path === location.pathname) {
    const why = kept.refused ? "The form was not accepted." : "You had to sign in again.";
    giveBack(kept, why, () => true);
  }
}

// The hidden fields are those of the page as it is now: what was mended meanwhile was seen.
function comeBack() {
  const form = document.querySelector("form[data-waits]");
  const kept = JSON.parse(sessionStorage.getItem(LEFT) ?? "null");
  if (kept && kept.person !== person && person) sessionStorage.removeItem(LEFT);
  if (!form || !kept || kept.person !== person || kept.path !== location.pathname) return;
  sessionStorage.removeItem(LEFT);
  const mine = [...posted()].indexOf(form) === kept.place;
  if (mine) giveBack(kept, "You were elsewhere.", (field) => field.type !== "hidden");
}

try {
  arrive();
  comeBack();
} catch (error) {
  console.warn("What was kept could not be given back.", error);
}
document.addEventListener("click", (event) => {
  const form = event.target.closest?.("form[data-waits] a[data-mends]")?.closest("form");
  if (form) keep(form, LEFT);
});
document.addEventListener("submit", (event) => {
  try {
    if (event.target.method === "post" && !event.defaultPrevented) keep(event.target);
  } catch (error) {
    console.warn("What was sent could not be kept.", error); // a store that is full or forbidden
  }
});
