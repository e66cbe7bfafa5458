// <form data-draft="P4T-000001" data-draft-href="/bench?device=1">: what is filled in stays with this tab until it is sent. Whoever
// scans another device in the middle of one finds it again, and is told which ones wait half filled in.
{
  const who = document.querySelector(".user-name")?.textContent ?? "";
  const STORE = `drafts ${who}`;
  const form = document.querySelector("form[data-draft]");
  const address = form?.getAttribute("action");
  const drafts = JSON.parse(sessionStorage.getItem(STORE) ?? "{}");
  const save = () => sessionStorage.setItem(STORE, JSON.stringify(drafts));
  const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && form.elements[name]?.type !== "hidden");
  // A refusal shows what was typed: that is a draft already.
  const isRefused = address === location.pathname;
  const plain = form && !isRefused && JSON.stringify(typed());

  // An answer came since: what was sent is no draft any more. (A page that the browser brings back has its old key still.)
  for (const [key, draft] of Object.entries(drafts)) {
    if (draft.sent && draft.sent !== form?.elements.form_key.value) delete drafts[key];
    // Its page asks for something else now: somebody went on with the device.
    else if (draft.href === location.pathname + location.search && key !== address) delete drafts[key];
  }
  save();

  const say = (words) => {
    const flash = document.createElement("div");
    flash.className = "flash tone-info";
    flash.setAttribute("role", "status");
    const body = document.createElement("div");
    body.className = "flash-body";
    const line = document.createElement("p");
    line.append(...words);
    body.append(line);
    flash.append(body);
    return flash;
  };

  if (form) {
    const keep = () => {
      const now = typed();
      if (JSON.stringify(now) === plain) delete drafts[address];
      else drafts[address] = { name: form.dataset.draft, href: form.dataset.draftHref, pairs: now };
      save();
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    // A press that answers many at once says nothing by itself.
    form.addEventListener("click", (event) => event.target.closest("[data-all]") && setTimeout(keep));
    window.addEventListener("submit", (event) => {
      if (event.target !== form || event.defaultPrevented || !drafts[address]) return;
      drafts[address].sent = form.elements.form_key.value;
      save();
    });
    const draft = drafts[address];
    if (isRefused) keep();
    else if (draft) {
      delete draft.sent;
      for (const field of form.elements) {
        if (!field.name || field.type === "hidden" || field.type === "submit") continue;
        const values = draft.pairs.filter(([name]) => name === field.name).map(([, value]) => value);
        if (/^(radio|checkbox)$/.test(field.type)) field.checked = values.includes(field.value);
        else field.value = values[0] ?? "";
      }
      const empty = document.createElement("button");
      empty.type = "button";
      empty.className = "button button-quiet";
      empty.textContent = "Begin anew";
      const back = say([`What you had filled in for ${draft.name} is here again.`]);
      empty.addEventListener("click", () => {
        form.reset();
        delete drafts[address];
        save();
        back.remove();
        (form.querySelector("input:not([type=hidden]), select, textarea") ?? form).focus();
      });
      back.append(empty);
      form.before(back);
    }
  }

  // On the pages of the same kind: which ones wait.
  const place = document.querySelector("[data-drafts]");
  const others = Object.entries(drafts).filter(([key, draft]) => key !== address && !draft.sent);
  if (place && others.length) {
    const links = others.flatMap(([, draft], n) => {
      const link = document.createElement("a");
      link.href = draft.href;
      link.className = "code";
      link.textContent = draft.name;
      return n ? [", ", link] : [link];
    });
    place.append(say(["Half filled in, and kept here: ", ...links, "."]));
  }
}
