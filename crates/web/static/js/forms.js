// One press, one request; questions before what cannot be undone; files by dropping.

const ask = (question, word) =>
  new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const form = document.createElement("form");
    form.method = "dialog";
    form.className = "dialog-body";
    const text = document.createElement("p");
    text.className = "strong";
    text.id = "question";
    text.textContent = question;
    dialog.setAttribute("aria-labelledby", "question");
    form.append(text);
    if (word) {
      const label = document.createElement("label");
      label.className = "field";
      label.textContent = `Type ${word} to go on`;
      const input = document.createElement("input");
      input.className = "input";
      input.required = true;
      input.pattern = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      input.autocomplete = "off";
      label.append(input);
      form.append(label);
    }
    const actions = document.createElement("div");
    actions.className = "actions";
    const no = document.createElement("button");
    no.type = "button";
    no.className = "button";
    no.textContent = "No, go back";
    no.addEventListener("click", () => dialog.close());
    const yes = document.createElement("button");
    yes.className = "button button-destroy";
    yes.value = "yes";
    yes.textContent = "Yes";
    actions.append(no, yes);
    form.append(actions);
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    if (!word) no.focus();
  });

// A form of a page of the shop that somebody fills in, and whose answer is another page; or one with data-ask-first. (What else htmx
// sends stays on its page, and is in a hurry: a scan.)
const isTypedIn = (form) =>
  document.querySelector(".frame") &&
  (form.dataset.askFirst !== undefined || (!form.matches("[hx-post]") && form.querySelector("textarea, select, input:not([type=hidden])")));

// A page that has just come says by that, that the server is there and who is signed in.
const FRESH = 10_000;
const cameAt = Date.now();
const isFresh = () => navigator.onLine && document.querySelector("[data-connection]")?.dataset.state !== "off" && Date.now() - cameAt < FRESH;

// Without the shop's server, or signed out, the answer would be a page without the form: the browser's own, or the one for
// signing in. So it is asked first, and what was typed stays.
const sendWhenItArrives = async (form, button) => {
  let trouble = "";
  let link;
  try {
    const answer = await fetch("/api/v1/auth/me", { cache: "no-store", signal: AbortSignal.timeout(8000) });
    if (answer.status === 401) {
      trouble = "You were signed out, and nothing was saved. What you typed is still here. ";
      link = document.createElement("a");
      link.href = "/sign-in";
      link.target = "_blank";
      link.textContent = "Sign in in a new tab";
    }
  } catch {
    trouble = "BizHub cannot be reached, and nothing was saved. What you typed is still here: press again once the connection is back.";
  }
  delete form.dataset.busy;
  button?.removeAttribute("data-pressed");
  form.querySelector("[data-unsent]")?.remove();
  if (!trouble) {
    form.dataset.arrives = "";
    form.requestSubmit(button);
    delete form.dataset.arrives;
    return;
  }
  const said = document.createElement("div");
  said.className = "flash tone-bad";
  said.dataset.unsent = "";
  said.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.append(trouble);
  if (link) words.append(link, ", then press again here.");
  said.append(words);
  const beside = button?.parentElement;
  if (beside && beside !== form) beside.prepend(said);
  else if (button) button.before(said);
  else form.append(said);
  said.scrollIntoView({ block: "nearest" });
};

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.getAttribute("method") === "dialog") return;
    const button = event.submitter;
    const question = button?.dataset.confirm ?? form.dataset.confirm;
    if (question && form.dataset.confirmed === undefined && form.dataset.arrives === undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(question, button?.dataset.confirmWord ?? form.dataset.confirmWord).then((yes) => {
        if (!yes) return;
        form.dataset.confirmed = "";
        form.requestSubmit(button);
        delete form.dataset.confirmed;
      });
      return;
    }
    if (form.dataset.busy !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // A list may be asked again while it loads, and a file that is saved leaves the page where it is.
    if (form.method === "get" || form.dataset.download !== undefined) return;
    form.dataset.busy = "";
    // A sale is sent by the till itself, which asks for the answer again when the connection is lost.
    if (button?.dataset.sale !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      button.setAttribute("data-pressed", "");
      sendSale(form, button);
      return;
    }
    // What was typed leaves the page only if it arrives.
    if (isTypedIn(form) && form.dataset.arrives === undefined && !isFresh()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      button?.setAttribute("data-pressed", "");
      sendWhenItArrives(form, button);
      return;
    }
    // This press leads to another page, which the browser itself goes to.
    if (button?.dataset.navigate !== undefined) event.stopImmediatePropagation();
    button?.setAttribute("data-pressed", "");
  },
  true,
);

const free = (forms = document.querySelectorAll("form[data-busy]")) => {
  for (const form of forms) {
    delete form.dataset.busy;
    form.querySelector("[data-pressed]")?.removeAttribute("data-pressed");
  }
};
window.addEventListener("pageshow", () => free());
// Only the form of this request: the one that an answer brought may be on its way with the next one.
document.addEventListener("htmx:finally:request", (event) => {
  const sender = event.detail?.ctx?.sourceElement;
  const form = sender?.form ?? sender?.closest?.("form");
  if (form && form.dataset.busy !== "scans") free([form]);
});

// <label data-drop> around a file input: says which file, and takes one dropped on it.
onContent(() => {
  for (const drop of document.querySelectorAll("[data-drop]:not([data-ready])")) {
    drop.dataset.ready = "";
    const input = drop.querySelector("input[type=file]");
    const name = drop.querySelector("[data-drop-name]");
    input.addEventListener("change", () => {
      if (input.files.length) name.textContent = input.files[0].name;
    });
    for (const type of ["dragenter", "dragover"]) drop.addEventListener(type, () => (drop.dataset.over = ""));
    for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => delete drop.dataset.over);
  }
});

// <input data-enter="x">: Enter presses the button [data-enter-for=x] of its form, not the form's first one.
document.addEventListener("keydown", (event) => {
  const name = event.key === "Enter" && event.target.dataset?.enter;
  if (!name) return;
  event.preventDefault();
  event.target.form.querySelector(`[data-enter-for="${name}"]`)?.click();
});

// <details data-focus-open>: once open, one types in it.
document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches("[data-focus-open]")) event.target.querySelector("input, textarea")?.focus();
}, true);

// <select data-submit>, <input data-submit>: the form goes when the value changes.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// <button data-all="pass">: every group of radio buttons of the form that has no answer yet gets this one.
document.addEventListener("click", (event) => {
  const all = event.target.closest?.("[data-all]");
  if (!all) return;
  for (const radio of all.form.querySelectorAll(`input[type=radio][value="${all.dataset.all}"]`)) {
    if (!all.form.querySelector(`input[name="${CSS.escape(radio.name)}"]:checked`)) radio.checked = true;
  }
});

// A long job's page asks again while it runs: <section id="job" data-poll="2000">
onContent(() => {
  const job = document.querySelector("[data-poll]:not([data-polling])");
  if (!job) return;
  job.dataset.polling = "";
  setTimeout(async function again() {
    if (!job.isConnected) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(job.id);
      if (!fresh) return location.assign(answer.url);
      if (fresh.dataset.poll === undefined) return location.reload();
      job.replaceChildren(...fresh.childNodes);
    } catch {
      // The connection dot tells; the next turn tries again.
    }
    setTimeout(again, Number(job.dataset.poll));
  }, Number(job.dataset.poll));
});
