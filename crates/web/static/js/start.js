// Pages work without any of this; each file adds one convenience, switched on by a data attribute.
document.documentElement.dataset.script = "";

// Runs for the page as it came, and again for every part that htmx put in place.
const onContent = (run) => {
  run(document);
  document.addEventListener("htmx:after:swap", () => run(document));
};

const isTyping = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])"));

const dialogOpen = () => document.querySelector("dialog[open]");

onContent(() => document.querySelector("[data-focus]:not([data-focused])")?.focus());

// <dialog open data-open-now>: shown again with what was wrong in it.
onContent(() => {
  const again = document.querySelector("dialog[data-open-now]");
  if (!again) return;
  again.removeAttribute("data-open-now");
  again.close();
  again.showModal();
});

// Of tabs that do not all fit, the one that is open is on the screen.
onContent(() => {
  for (const tab of document.querySelectorAll(".tabs > .tab[aria-current]")) {
    const tabs = tab.parentElement;
    tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  }
});

// <button data-open="id"> opens a dialog, [data-close] closes the one around it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-open]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.open)?.showModal();
  }
  const closer = event.target.closest?.("dialog[open] [data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
  if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Whoever walks on by keyboard does not leave a menu lying over the page.
document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// <button data-copy="text">, <button data-print>
document.addEventListener("click", (event) => {
  const copy = event.target.closest?.("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => (copy.textContent = "Copied"));
  if (event.target.closest?.("[data-print]")) window.print();
});
