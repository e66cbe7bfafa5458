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
