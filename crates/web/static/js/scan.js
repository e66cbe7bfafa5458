// A scanner is a keyboard that types very fast and ends with Enter, or with Tab. Wherever the cursor is, what it types goes to the scan
// box, except in a field that says data-scan="here". A code is read from the keys themselves, by the time at which each was pressed:
// a machine that is busy with an answer neither cuts a code nor loses one.
{
  const PACE = 50; // milliseconds from one character to the next, for most of them: no hand keeps that up for a whole code
  const PAUSE = 120; // a longer gap ends what was typed in one go
  const STUMBLE = 2000; // but for the scan box, or while an answer is put in place: something held the scanner up in the middle of a code
  const LEAST = 4; // characters of a code
  let typed = "";
  let gaps = []; // between its characters
  let last = 0;
  let into = null; // the field the last character was for
  let kept = new Map(); // fields that the code ran into, with what they held before it
  let nobodys = false; // the code began where no field was: its characters go nowhere
  let waiting = 0;
  let replaced = 0; // when an answer was put in place last
  document.addEventListener("htmx:after:swap", () => (replaced = performance.now()));

  const isFast = () => [...gaps].sort((a, b) => a - b)[gaps.length >> 1] <= PACE;
  const queue = [];
  let draining = 0;
  const waits = (form) => form.dataset.busy !== undefined;
  const drain = () => {
    clearTimeout(draining);
    if (!queue.length) return;
    const box = document.querySelector("[data-scan-box]");
    if (box && waits(box.form)) draining = setTimeout(drain, 30);
    else deliver(queue.shift());
  };
  const deliver = (code) => {
    const box = document.querySelector("[data-scan-box]");
    if (!box) return;
    const button = box.form.querySelector("[data-scan-submit]");
    if (box.form.matches("[data-scans]")) {
      scans.add(box.form, code, { button });
      // The next one is typed where it belongs, however slowly it comes in.
      if (!scans.isWhole(box.form)) document.querySelector("[data-scan-box]").focus();
      return;
    }
    if (waits(box.form)) {
      queue.push(code);
      draining = setTimeout(drain, 30);
      return;
    }
    box.value = code;
    box.form.requestSubmit(button);
  };
  window.deliverScan = deliver;
  // A field was replaced while a code ran into it.
  window.scanMoves = (old, fresh) => {
    if (into === old) into = fresh;
    if (!kept.has(old)) return;
    kept.set(fresh, kept.get(old));
    kept.delete(old);
  };

  const forget = () => {
    typed = "";
    gaps = [];
    into = null;
  };

  /** What Enter, or a scanner's Tab, takes out of a box whose codes wait for their turn: all of it, but for what a refusal left there. */
  const takenFrom = (box, code) => {
    const value = box.value;
    box.value = "";
    if (!code) return value.trim();
    const left = box.defaultValue || kept.get(box) || "";
    const rest = left && value.startsWith(left) ? value.slice(left.length) : value;
    // A field that went away in the middle of the code took characters with it.
    return (rest.endsWith(code) ? rest : code).trim();
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target;
      const now = event.timeStamp;
      const gap = now - last;
      // An answer that came in between is no pause of whoever types.
      const together = gap <= PAUSE || (gap <= STUMBLE && replaced > last);
      const inBox = target.matches?.("[data-scan-box]");
      const stumbled = gap <= STUMBLE;
      last = now;

      if (event.key === "Enter" || event.key === "Tab") {
        clearTimeout(waiting);
        const burst = (together || (stumbled && inBox)) && typed.length >= LEAST && isFast();
        const code = burst ? typed : "";
        const wasNobodys = nobodys;
        forget();
        if (dialogOpen() || event.shiftKey) return;
        // Tab is a scanner's end of a code where a code is awaited, and where no field is. In another field it leads on to the next one.
        if (event.key === "Tab" && !(burst && (inBox || wasNobodys))) return;
        const stop = () => {
          event.preventDefault();
          event.stopImmediatePropagation();
        };
        if (inBox && target.form.matches("[data-scans]") && !wasNobodys) {
          for (const [field, before] of kept) if (field !== target) field.value = before;
          const whole = takenFrom(target, code);
          if (!whole) return;
          stop();
          scans.add(target.form, whole, { button: target.form.querySelector("[data-scan-submit]"), byHand: !burst });
          return;
        }
        if (!burst) return;
        // A field that reads codes itself, and that had the whole of it.
        if (event.key === "Enter" && !wasNobodys && kept.size === 1 && kept.has(target) && (inBox || target.closest("[data-scan=here]"))) {
          if (!inBox) return;
          // What a refusal left in the box is no part of the next code.
          const whole = takenFrom(target, code);
          target.value = whole;
          // While its form waits for an answer it takes no second one: the code waits its turn.
          if (!waits(target.form)) return;
          stop();
          target.value = "";
          return deliver(whole);
        }
        stop();
        for (const [field, before] of kept) field.value = before;
        deliver(code);
        return;
      }
      if (event.key.length !== 1) return;
      // No code begins with a blank: alone it presses what has the focus.
      if (event.key === " " && !(together && typed)) return;

      const field = isTyping(target) ? target : null;
      // The cursor may move under a scanner while a page or an answer comes in: that is still one code. A hand begins anew.
      const goesOn = typed && (together || (stumbled && inBox && field === into)) && (field === into || !into?.isConnected || isFast());
      if (goesOn) {
        gaps.push(gap);
      } else {
        typed = "";
        gaps = [];
        kept = new Map();
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
      if (typed.length > 1) return;
      waiting = setTimeout(function alone() {
        if (typed.length !== 1) return;
        // Keys that were pressed already, and that a busy page has not heard of yet.
        if (navigator.scheduling?.isInputPending?.()) {
          waiting = setTimeout(alone, 10);
          return;
        }
        const key = typed;
        forget();
        runCharacter(key);
      }, PAUSE);
    },
    true,
  );
}
