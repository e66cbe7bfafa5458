// A scanner is a keyboard that types very fast and ends with Enter. Wherever the cursor is, what it types goes to the scan box,
// except in a field that says data-scan="here".
{
  const PACE = 50; // milliseconds from one character to the next, on average: no hand keeps that up for a whole code
  const PAUSE = 120; // a longer gap ends what was typed in one go
  const STUMBLE = 600; // but for the scan box: a radio or a busy phone may hold a scanner up in the middle of a code
  const LEAST = 4; // characters of a code
  let typed = "";
  let first = 0;
  let last = 0;
  let into = null; // the field the last character was for
  let kept = new Map(); // fields that the code ran into, with what they held before it
  let nobodys = false; // the code began where no field was: its characters go nowhere
  let waiting = 0;

  const queue = [];
  let draining = 0;
  // A form that was sent, or that came just now and is not htmx's yet, takes no code.
  const waits = (form) =>
    form.dataset.busy !== undefined || (form.hasAttribute("hx-post") && form.dataset.htmxPowered === undefined);
  const wait = (code) => {
    queue.push(code);
    draining = setTimeout(drain, 30);
  };
  const deliver = (code) => {
    const box = document.querySelector("[data-scan-box]");
    if (!box) return;
    // The form still waits for an answer: a till's next line belongs on top of it.
    if (waits(box.form)) return wait(code);
    box.value = code;
    box.form.requestSubmit(box.form.querySelector("[data-scan-submit]"));
  };
  const drain = () => {
    clearTimeout(draining);
    if (!queue.length) return;
    const box = document.querySelector("[data-scan-box]");
    if (box && waits(box.form)) draining = setTimeout(drain, 30);
    else deliver(queue.shift());
  };
  document.addEventListener("htmx:finally:swap", drain);
  window.deliverScan = deliver;

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target;
      const now = event.timeStamp;
      const together = now - last <= PAUSE;
      const stumbled = !together && now - last <= STUMBLE;
      const fast = now - first <= PACE * (typed.length + 1);
      last = now;

      if (event.key === "Enter") {
        clearTimeout(waiting);
        const burst = together && fast && typed.length >= LEAST;
        const code = typed;
        typed = "";
        into = null;
        if (!burst || dialogOpen()) return;
        // A field that reads codes itself, and that had the whole of it.
        if (!nobodys && kept.size === 1 && kept.has(target) && target.closest("[data-scan-box], [data-scan=here]")) {
          // What a refusal left in the box is no part of the next code; what came before a stumble is.
          const before = kept.get(target);
          if (before && target.closest("[data-scan-box]")) {
            const whole = target.value.startsWith(before) ? target.value.slice(before.length) : "";
            target.value = whole.endsWith(code) ? whole : code;
          }
          // While its form waits for an answer it takes no second one: the code waits its turn.
          if (!target.closest("[data-scan-box]") || !waits(target.form)) return;
          event.preventDefault();
          event.stopImmediatePropagation();
          const whole = target.value.endsWith(code) ? target.value : code;
          target.value = "";
          return deliver(whole);
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        for (const [field, before] of kept) field.value = before;
        deliver(code);
        return;
      }
      // Tab is a hand that goes on to the next field.
      if (event.key === "Tab") typed = "";
      if (event.key.length !== 1) return;
      // No code begins with a blank: alone it presses what has the focus.
      if (event.key === " " && !(together && typed)) return;

      const field = isTyping(target) ? target : null;
      // The cursor may move under a scanner while a page or an answer comes in: that is still one code. A hand begins anew.
      if (!together || !typed || (field !== into && !fast)) {
        const goesOn = stumbled && field && field === into && field.closest("[data-scan-box]") && kept.has(field);
        const before = goesOn ? kept.get(field) : undefined;
        typed = "";
        first = now;
        kept = new Map();
        if (goesOn) kept.set(field, before);
        nobodys = !field;
      }
      into = field;
      typed += event.key;
      if (dialogOpen()) return;
      if (field && !nobodys) {
        if (!kept.has(field)) kept.set(field, field.value);
        return;
      }

      // Nobody's field: one character alone is a shortcut, several in a row are a code.
      event.preventDefault();
      clearTimeout(waiting);
      if (typed.length === 1) {
        waiting = setTimeout(() => {
          if (typed.length === 1) runCharacter(typed);
        }, PAUSE);
      }
    },
    true,
  );
}
