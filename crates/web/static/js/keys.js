// `/` the scan box, Ctrl K the palette, `?` the shortcuts, and every [data-key] of the page.

const keyTarget = (key) =>
  [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key.toLowerCase() === key.toLowerCase() && element.checkVisibility() && !element.disabled,
  );

const press = (key) => {
  const target = keyTarget(key);
  if (!target) return false;
  if (target.matches("input, select, textarea")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
  return true;
};

// Keys that are a character wait for scan.js to say that no scanner is typing.
const runCharacter = (key) => {
  if (key === "/") {
    const box = document.querySelector("[data-scan-box]");
    box?.focus();
    box?.select();
    return;
  }
  if (key === "?") {
    document.getElementById("shortcuts")?.showModal();
    return;
  }
  press(key);
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || dialogOpen()) return;
  if (event.key.length === 1) return;
  if (isTyping(event.target) && !/^F\d+$/.test(event.key)) return;
  if (event.key === "Enter" && event.target.closest?.("a, button, summary, input, [data-line]") && !event.target.matches("[data-line]")) return;
  if (press(event.key)) event.preventDefault();
});
