// The till by keys: arrows choose a line, Delete removes it, F2 opens its price.
{
  const chosen = () => document.activeElement?.closest?.("[data-line]") ?? [...document.querySelectorAll("[data-line]")].at(-1);

  document.addEventListener("keydown", (event) => {
    if (!document.querySelector("[data-till]") || dialogOpen() || event.ctrlKey || event.metaKey || event.altKey) return;
    const line = chosen();
    if (!line) return;
    if (event.key === "F2") {
      event.preventDefault();
      const edit = line.querySelector("details");
      edit.open = true;
      const price = edit.querySelector("[name=unit_price]");
      price.focus();
      price.select();
    } else if (event.key === "Delete" && !isTyping(event.target)) {
      event.preventDefault();
      line.querySelector("[data-remove]").click();
    }
  });

  // Enter in an empty scan box, or in an amount that is as the server has it, is the till's own Enter; a new amount is reckoned first.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.defaultPrevented || !event.target.closest?.("[data-till]")) return;
      const field = event.target;
      const empty = field.matches("[data-scan-box]") && !field.value.trim();
      if (!empty && !field.matches("[name=payment_amount]")) return;
      event.preventDefault();
      if (empty || field.value === field.defaultValue) press("Enter");
      else field.form.requestSubmit();
    },
    false,
  );

  // After an answer the keys belong to the till again, not to a button that is gone.
  document.addEventListener("htmx:after:swap", () => {
    const till = document.querySelector("[data-till]");
    if (!till) return;
    const wanted = till.querySelector("[data-focus-next]");
    if (wanted) {
      wanted.focus();
      wanted.select?.();
    } else if (document.activeElement === document.body || !document.activeElement) {
      [...till.querySelectorAll("[data-line]")].at(-1)?.focus({ preventScroll: true });
    }
  });
}

// A sale is sent with a key. When the answer is lost the till asks the server with that key, until it knows: the sale was saved,
// or it was not and never will be. It never sends a sale twice by itself.
const sendSale = (() => {
  const PENDING = "sale-pending";
  const say = (state, text) => {
    const place = document.querySelector("[data-saving]");
    if (!place) return;
    place.hidden = !text;
    place.dataset.state = state;
    place.textContent = text;
  };
  const pause = (time) =>
    new Promise((go) => {
      const timer = setTimeout(go, time);
      window.addEventListener("online", () => (clearTimeout(timer), go()), { once: true });
    });
  const form = () => document.querySelector("form.till");

  const wasSaved = async (key) => {
    for (let wait = 500; ; wait = Math.min(wait * 2, 4000)) {
      say("lost", "No connection. Looking whether the sale was saved…");
      try {
        const headers = { Accept: "application/json" };
        const answer = await fetch("/sell/saved", { method: "POST", body: new URLSearchParams({ key }), headers, signal: AbortSignal.timeout(8000) });
        if (answer.redirected) say("lost", "You were signed out. Sign in again in another tab: then this page looks whether the sale was saved.");
        else if (answer.ok) return await answer.json();
      } catch {
        // Still no connection: the next turn asks again.
      }
      await pause(wait);
    }
  };

  const settle = async (key) => {
    const answer = await wasSaved(key);
    sessionStorage.removeItem(PENDING);
    if (answer.saved) {
      say("good", `Saved as ${answer.invoice_number}`);
      location.assign(answer.href);
      return;
    }
    const field = form()?.elements.idempotency_key;
    if (field?.value === key) field.value = answer.key;
    say("bad", "Not saved, nothing was charged; press again.");
    free();
    document.querySelector('[data-sale][value="complete"]')?.focus();
  };

  // The page was loaded anew while a sale was on its way.
  const pending = sessionStorage.getItem(PENDING);
  if (pending && form()) settle(pending);

  return async (sale, button) => {
    const key = sale.elements.idempotency_key.value;
    const body = new URLSearchParams(new FormData(sale, button));
    sessionStorage.setItem(PENDING, key);
    say("busy", "Saving the sale…");
    let answer;
    let text;
    try {
      answer = await fetch("/sell", { method: "POST", body, headers: { Accept: "application/json, text/html" }, signal: AbortSignal.timeout(20000) });
      text = await answer.text();
    } catch {
      return settle(key);
    }
    if (answer.status >= 500) return settle(key);
    sessionStorage.removeItem(PENDING);
    if (answer.redirected) return location.assign(answer.url);
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) return location.assign(JSON.parse(text).href);
    // Refused: the same page with what is wrong.
    const page = new DOMParser().parseFromString(text, "text/html").getElementById("till");
    if (!page) return settle(key);
    const till = document.getElementById("till");
    till.replaceChildren(...page.childNodes);
    window.htmx?.process(till);
    till.dispatchEvent(new CustomEvent("htmx:after:swap", { bubbles: true }));
    till.querySelector("[aria-invalid=true], [role=alert]")?.focus?.();
  };
})();
