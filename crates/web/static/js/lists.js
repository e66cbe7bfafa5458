// A row opens by a click anywhere in it; arrows move between rows. The link inside (.row-link) is what works without a script.
{
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.target.closest("a, button, input, label, select, summary")) return;
    const link = event.target.closest("tr")?.querySelector(".row-link");
    if (!link || !getSelection().isCollapsed) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href);
    else link.click();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    if (event.defaultPrevented || isTyping(event.target) || dialogOpen()) return;
    const rows = [...document.querySelectorAll("[data-line], .row-link, .found-item")].filter((row) => row.checkVisibility());
    if (!rows.length) return;
    event.preventDefault();
    const at = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
    const next = at < 0 ? (event.key === "ArrowDown" ? 0 : rows.length - 1) : at + (event.key === "ArrowDown" ? 1 : -1);
    rows[Math.max(0, Math.min(rows.length - 1, next))].focus();
  });

  // Filters live in the address: after a list was asked again, the address says how.
  document.addEventListener("htmx:after:swap", () => {
    const form = document.querySelector("form[data-address]");
    if (!form) return;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    history.replaceState(null, "", query.size ? `${form.getAttribute("action")}?${query}` : form.getAttribute("action"));
  });
}

// One box ticks all rows that are shown.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-tick-all]")) return;
  for (const box of event.target.closest("form").querySelectorAll('[name="id"]')) box.checked = event.target.checked;
});
