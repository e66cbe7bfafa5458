// <form data-scans="id">: each code that is scanned or typed waits here for its turn, with a key of its own, so that one that is sent again
// is done once. The answer takes the place of what stands in #id; what was typed meanwhile stays. What was refused, or never arrived,
// stays in sight by its code until somebody deals with it. With data-scans-whole the form holds everything that was scanned (a sale), so
// each code is sent with what the answer before it brought.
const scans = (() => {
  const TIMEOUT = 20_000;
  const current = () => document.querySelector("form[data-scans]");
  const isWhole = (form) => form.dataset.scansWhole !== undefined;
  const who = document.querySelector(".user-name")?.textContent ?? "";
  const home = current() && `scans ${who} ${current().getAttribute("action")}`;
  let entries = [];
  let asking = null; // the one whose question stands on the page
  let told = null; // the one whose refusal stands on a page that shows it itself
  let running = false;
  let wake = () => {};

  const save = () => {
    if (!home || isWhole(current() ?? document.createElement("form"))) return;
    if (entries.length) sessionStorage.setItem(home, JSON.stringify(entries));
    else sessionStorage.removeItem(home);
  };
  const isOpen = (entry) => entry.state === "waits" || entry.state === "lost";
  const same = (one, other) => one.code.toLowerCase() === other.code.toLowerCase();
  const drop = (entry) => {
    entries = entries.filter((other) => other !== entry);
  };
  // Also where the page came without HTTPS.
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /** A press that answers the question about a code: which model it is, or which lot it came with. */
  const isAnswer = (button) => button?.matches(".button-choice");
  const named = (form) => form.querySelector("[data-scan-box]").name;
  const once = (form) => (form.dataset.scansOnce ?? "").split(" ").filter(Boolean);
  const bodyOf = (form, code, button, key) => {
    const pairs = [...new FormData(form, button)].filter(([name, value]) => typeof value === "string" && name !== "asked");
    return pairs.map(([name, value]) => [name, name === named(form) ? code : name === "form_key" && key ? key : value]);
  };

  // ---- what is seen of it
  const draw = () => {
    const form = current();
    const place = form && document.getElementById(form.dataset.scans);
    if (!place) return;
    let list = document.getElementById("scans");
    if (!list) {
      list = document.createElement("section");
      list.id = "scans";
      list.className = "scans";
      list.setAttribute("aria-label", "Scans that are not done");
      const waiting = document.createElement("p");
      waiting.className = "soft";
      waiting.setAttribute("role", "status");
      const rows = document.createElement("ul");
      rows.className = "scans-rows";
      rows.setAttribute("aria-live", "assertive");
      const all = document.createElement("div");
      all.className = "row";
      all.append(pressFor("Try all again", () => left().forEach(again)), pressFor("Dismiss all", () => left().forEach(dismiss)));
      list.append(rows, all, waiting);
      place.before(list);
    }
    const [rows, all, waiting] = list.children;
    const seen = entries.filter((entry) => entry.says);
    for (const row of [...rows.children]) if (!seen.includes(row.entry)) row.remove();
    for (const entry of seen) {
      let row = [...rows.children].find((other) => other.entry === entry);
      if (row?.said === entry.says) continue;
      row?.remove();
      row = document.createElement("li");
      row.entry = entry;
      row.said = entry.says;
      row.className = "flash tone-bad";
      row.dataset.sound = "bad";
      row.dataset.played = "";
      const words = document.createElement("div");
      words.className = "flash-body";
      const line = document.createElement("p");
      const code = document.createElement("span");
      code.className = "code strong";
      code.textContent = entry.code;
      line.append(code, ` ${entry.says}`);
      words.append(line);
      if (entry.link) {
        const link = document.createElement("a");
        [link.href, link.textContent, link.target] = entry.link;
        words.append(link);
      }
      row.append(words, pressFor("Try again", () => again(entry), entry.code), pressFor("Dismiss", () => dismiss(entry), entry.code));
      rows.prepend(row);
    }
    all.hidden = left().length < 2;
    const open = entries.filter((entry) => entry.state === "waits").length;
    waiting.textContent = open > 1 ? `${open} scans wait for their turn.` : "";
    list.hidden = !seen.length && open < 2;
  };
  const pressFor = (text, run, code = "") => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.textContent = text;
    if (code) button.setAttribute("aria-label", `${text}: ${code}`);
    button.addEventListener("click", () => {
      run();
      save();
      draw();
      current()?.querySelector("[data-scan-box]").focus();
      work();
    });
    return button;
  };
  const left = () => entries.filter((entry) => entry.state === "refused");
  const dismiss = (entry) => {
    // One whose answer never came may have arrived: it is forgotten here, not undone there.
    drop(entry);
    wake();
  };
  const again = (entry) => {
    entry.says = "";
    entry.link = null;
    if (entry.state === "lost") return wake();
    const form = current();
    // What may have been done goes again as it was, under its key; what was refused goes with what is chosen now.
    if (!isWhole(form) && !entry.unsure) {
      const kept = Object.fromEntries(entry.pairs.filter(([name]) => once(form).includes(name)));
      entry.pairs = bodyOf(form, entry.code, null, newKey()).map(([name, value]) => [name, kept[name] || value]);
    }
    entry.unsure = false;
    entry.state = "waits";
    drop(entry);
    entries.push(entry);
  };
  const say = (entry, state, says) => {
    const loud = entry.says !== says;
    entry.state = state;
    entry.says = says;
    if (loud) playSound("bad");
    entries = entries.filter((other) => other === entry || other.state !== "refused" || !same(other, entry));
    save();
    draw();
  };

  // ---- the answer takes its place
  const fieldsOf = (place) => {
    const counts = new Map();
    return [...place.querySelectorAll("input[name], select[name], textarea[name], button[name]")].map((field) => {
      const kind = `${field.form?.getAttribute("action")} ${field.name} ${/^(radio|checkbox|submit)$/.test(field.type) ? field.value : ""}`;
      const nth = counts.get(kind) ?? 0;
      counts.set(kind, nth + 1);
      return { field, id: `${kind} ${nth}` };
    });
  };
  const put = (place, fresh, sent, form) => {
    const whole = isWhole(form);
    const box = form.querySelector("[data-scan-box]");
    const before = fieldsOf(place);
    const active = document.activeElement;
    // What a refusal left in the box is nobody's typing.
    const goesOn = box.value !== "" && box.value !== box.defaultValue;
    const hadFocus = place.contains(active);
    const range = hadFocus && isTyping(active) && active.selectionStart !== undefined && [active.selectionStart, active.selectionEnd];
    // Somebody goes on typing: the focus stays with them.
    if (!whole || goesOn) for (const element of fresh.querySelectorAll("[data-focus]")) element.removeAttribute("data-focus");
    const opened = [...place.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent.trim());
    place.replaceChildren(...fresh.childNodes);
    for (const summary of place.querySelectorAll("details > summary")) {
      if (!whole && opened.includes(summary.textContent.trim())) summary.parentElement.open = true;
    }
    const after = fieldsOf(place);
    const byId = new Map(after.map(({ field, id }) => [id, field]));
    const grew = after.length !== before.length;
    for (const { field, id } of before) {
      const now = byId.get(id);
      if (!now || field.type === "hidden" || field.type === "submit" || field.type === "file") continue;
      scanMoves(field, now);
      const isBox = field === box;
      if (whole && grew && !isBox) continue; // other lines: what stands there is another thing's
      if (/^(radio|checkbox)$/.test(field.type)) {
        const was = field.form === form ? sent.some(([name, value]) => name === field.name && value === field.value) : field.defaultChecked;
        if (field.checked !== was) now.checked = field.checked;
        continue;
      }
      if (isBox) {
        if (goesOn) now.value = field.value;
        continue;
      }
      const was = field.form === form ? sent.filter(([name]) => name === field.name)[Number(id.split(" ").at(-1))]?.[1] : field.defaultValue;
      if (field.value !== was && (field.value || !once(form).includes(field.name)) && field.name !== "asked") now.value = field.value;
    }
    window.htmx?.process(place);
    const freshBox = place.querySelector("[data-scan-box]");
    const at = before.find(({ field }) => field === active);
    const wanted = goesOn && active === box ? freshBox : (!whole && place.querySelector("[data-key][autofocus]")) || (at && active !== box && byId.get(at.id)) || (!whole && (hadFocus || active === document.body) && freshBox);
    if (wanted) {
      wanted.focus({ preventScroll: true });
      if (range && isTyping(wanted) && (goesOn || active !== box)) {
        try {
          wanted.setSelectionRange(...range);
        } catch {
          // A field without a range, like a date.
        }
      }
    }
    place.dispatchEvent(new CustomEvent("htmx:after:swap", { bubbles: true }));
    if (goesOn && active === box) freshBox?.focus({ preventScroll: true });
  };

  const REFUSAL = "[data-refused], [role=alert], [data-sound=bad]";
  const wordsOf = (part) => {
    const said = (part.querySelector(REFUSAL) ?? part.querySelector("main") ?? part).cloneNode(true);
    for (const link of said.querySelectorAll('a[href^="/"]')) link.remove();
    // Of faults beside fields the faults alone; that there are some is heard and seen.
    const faults = [...said.querySelectorAll("li")].map((fault) => fault.textContent.trim()).join(" ");
    const paragraphs = [...said.querySelectorAll("p")].map((line) => line.textContent.trim());
    return (faults || paragraphs.filter(Boolean).join(": ") || said.textContent).replace(/\s+/g, " ").trim();
  };

  const pause = (time) =>
    new Promise((go) => {
      const timer = setTimeout(go, time);
      wake = () => (clearTimeout(timer), go());
      window.addEventListener("online", wake, { once: true });
    });

  const send = async (entry) => {
    const form = current();
    const place = document.getElementById(form.dataset.scans);
    const whole = isWhole(form);
    const button = whole ? form.querySelector("[data-scan-submit]") : null;
    const body = whole ? bodyOf(form, entry.code, button) : entry.pairs;
    if (whole) form.dataset.busy = "scans";
    let answer;
    let text;
    try {
      answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(body), headers: { Accept: "text/html" }, signal: AbortSignal.timeout(TIMEOUT) });
      text = await answer.text();
    } catch {
      say(entry, "lost", "has no answer: BizHub cannot be reached. It is sent again by itself until it arrives.");
      return false;
    }
    if (!entries.includes(entry) && !whole) return true; // dismissed meanwhile
    if (answer.redirected) {
      if (new URL(answer.url).pathname === "/sign-in") {
        entry.link = ["/sign-in", "Sign in in a new tab", "_blank"];
        say(entry, "lost", "is not done: you were signed out. It is sent again once you are signed in.");
        return false;
      }
      drop(entry);
      save();
      location.assign(answer.url);
      return true;
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById(place.id);
    if (!fresh) {
      entry.unsure = answer.status >= 500;
      if (whole) delete form.dataset.busy;
      say(entry, "refused", answer.status >= 500 ? "may not be done: BizHub had a fault. Try it again: it is done once." : wordsOf(page));
      return true;
    }
    const isAsked = !whole && fresh.querySelector("[name=asked]");
    const isRefused = !isAsked && (answer.status >= 400 || fresh.querySelector("[data-refused]"));
    // The question before this one was passed over, the refusal before it would be painted over.
    if (asking && !same(asking, entry)) say(asking, "refused", "was not received, because nothing was chosen for it.");
    asking = null;
    if (told && !same(told, entry)) {
      entries.unshift(told);
      say(told, "refused", told.words);
    }
    told = null;
    if (isAsked) {
      entry.state = "asked";
      entry.says = "";
      asking = entry;
    } else if (isRefused && whole) {
      drop(entry);
      entry.words = wordsOf(fresh);
      told = entry;
    } else if (isRefused) {
      const said = fresh.querySelector(REFUSAL);
      const onwards = said?.querySelector('a[href^="/"]');
      entry.unsure = false;
      entry.link = onwards && [onwards.getAttribute("href"), onwards.textContent, ""];
      say(entry, "refused", said ? wordsOf(fresh) : "was refused.");
      said?.remove();
      const box = fresh.querySelector("[data-scan-box]");
      if (!entry.byHand || entries.some(isOpen)) box?.setAttribute("value", "");
    } else {
      entries = entries.filter((other) => other !== entry && (isOpen(other) || !same(other, entry)));
    }
    const news = isRefused && !whole ? `${entry.code} ${entry.says}` : fresh.querySelector("[data-sound]")?.textContent.trim();
    // A code that is typed right now keeps the box.
    put(place, fresh, body, form);
    if (whole && entries.some(isOpen) && current()) current().dataset.busy = "scans";
    document.dispatchEvent(new CustomEvent("scans:told", { detail: news ?? "" }));
    save();
    draw();
    return true;
  };

  const work = async () => {
    if (running) return;
    running = true;
    let wait = 1000;
    for (;;) {
      const form = current();
      const entry = entries.find(isOpen);
      // A question waits for its answer, unless something was scanned since it was put.
      if (!form || !entry || asking) break;
      if (form.dataset.busy !== undefined && form.dataset.busy !== "scans") {
        await pause(30);
        continue;
      }
      if (await send(entry)) {
        wait = 1000;
        continue;
      }
      await pause(wait);
      wait = Math.min(wait * 2, 8000);
    }
    const rest = current();
    if (rest?.dataset.busy === "scans") delete rest.dataset.busy;
    running = false;
  };

  const add = (form, code, { button = null, byHand = false } = {}) => {
    const entry = { code, byHand, state: "waits", says: "" };
    if (isWhole(form)) {
      // Nothing else of the sale is sent before it stands on it.
      if (form.dataset.busy === undefined) form.dataset.busy = "scans";
    } else {
      entry.pairs = bodyOf(form, code, button, newKey());
      for (const name of once(form)) form.elements[name].value = "";
    }
    if (isAnswer(button)) {
      if (asking) drop(asking);
      asking = null;
      entries.unshift(entry);
    } else {
      entries.push(entry);
      // Whoever scans on leaves the question.
      if (asking) {
        if (!same(asking, entry)) say(asking, "refused", "was not received, because nothing was chosen for it.");
        else drop(asking);
        asking = null;
      }
    }
    save();
    draw();
    work();
  };

  // A press on the form's own button; others lead to another page.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const button = event.submitter;
      if (!form.matches("[data-scans]:not([data-scans-whole])") || button?.dataset.navigate !== undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const box = form.querySelector("[data-scan-box]");
      const code = (isAnswer(button) && form.elements.asked?.value) || box.value.trim();
      if (!code) return;
      box.value = "";
      add(form, code, { button, byHand: true });
    },
    true,
  );

  window.addEventListener("beforeunload", (event) => {
    if (entries.some(isOpen)) event.preventDefault();
  });

  // The page was loaded anew, or left in spite of the warning.
  if (home && !isWhole(current())) {
    entries = JSON.parse(sessionStorage.getItem(home) ?? "[]");
    for (const entry of entries) {
      if (entry.state === "lost") Object.assign(entry, { state: "waits", says: "" });
      if (entry.state === "asked") Object.assign(entry, { state: "refused", says: "was not received, because nothing was chosen for it." });
    }
  }
  // sound.js comes after this file.
  document.addEventListener("DOMContentLoaded", () => {
    draw();
    work();
  });
  return { add, isWhole };
})();
