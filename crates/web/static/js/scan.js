// A scanner is a keyboard that types very fast and ends with Enter. Wherever the cursor is, what it types goes to the scan box,
// except in a field that says data-scan="here".
{
  const GAP = 45; // milliseconds between two characters: no hand is that fast for a whole code
  const LEAST = 4; // characters of a code
  let typed = "";
  let last = 0;
  let field = null;
  let before = "";
  let waiting = 0;

  const queue = [];
  const deliver = (code) => {
    const box = document.querySelector("[data-scan-box]");
    if (!box) return;
    // The form still waits for an answer: a till's next line belongs on top of it.
    if (box.form.dataset.busy !== undefined) return queue.push(code);
    box.value = code;
    box.form.requestSubmit(box.form.querySelector("[data-scan-submit]"));
  };
  document.addEventListener("htmx:finally:swap", () => {
    if (queue.length) deliver(queue.shift());
  });
  window.deliverScan = deliver;

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target;
      const now = event.timeStamp;
      const fast = now - last <= GAP;
      last = now;

      if (event.key === "Enter") {
        clearTimeout(waiting);
        const burst = fast && typed.length >= LEAST;
        const code = typed;
        typed = "";
        if (!burst || target.closest?.("[data-scan-box], [data-scan=here], dialog")) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        if (field) field.value = before;
        deliver(code);
        return;
      }
      if (event.key.length !== 1) return;

      if (!fast) {
        typed = "";
        field = isTyping(target) ? target : null;
        before = field?.value ?? "";
      }
      typed += event.key;
      if (field || dialogOpen()) return;

      // Nobody's field: one character alone is a shortcut, several in a row are a code.
      event.preventDefault();
      clearTimeout(waiting);
      if (typed.length === 1) {
        waiting = setTimeout(() => {
          if (typed.length === 1) runCharacter(typed);
        }, GAP + 5);
      }
    },
    true,
  );
}
