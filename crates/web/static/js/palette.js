// Ctrl K finds anything.
const openPalette = (() => {
  const dialog = document.getElementById("palette");
  if (!dialog) return () => {};
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const note = dialog.querySelector("[role=status]");
  let asked = 0;
  let timer = 0;
  let chosen = -1;

  const choose = (index) => {
    const items = [...list.children];
    if (!items.length) return input.removeAttribute("aria-activedescendant");
    chosen = (index + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    input.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };

  const item = (found, index) => {
    const row = document.createElement("div");
    row.className = "palette-item";
    row.id = `palette-${index}`;
    row.setAttribute("role", "option");
    row.dataset.url = found.url;
    for (const [name, text] of [["title", found.title], ["subtitle", found.subtitle], ["kind", found.kind]]) {
      const part = document.createElement("span");
      part.className = `palette-${name}`;
      part.textContent = text ?? "";
      row.append(part);
    }
    return row;
  };

  const search = async () => {
    const query = input.value.trim();
    const turn = ++asked;
    if (query.length < 2) {
      list.replaceChildren();
      note.textContent = "Type at least two characters.";
      return;
    }
    try {
      const answer = await fetch(`/api/v1/search?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const { data } = await answer.json();
      if (turn !== asked) return;
      list.replaceChildren(...data.map(item));
      note.textContent = data.length ? "" : `Nothing is called “${query}”.`;
      choose(0);
    } catch {
      if (turn === asked) note.textContent = "The search cannot be reached. Check the connection and try again.";
    }
  };

  const go = () => {
    const row = list.children[chosen];
    if (row) location.assign(row.dataset.url);
    else if (input.value.trim()) location.assign(`/find?q=${encodeURIComponent(input.value.trim())}`);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") go();
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    choose([...list.children].indexOf(event.target.closest(".palette-item")));
    go();
  });

  return () => {
    if (dialog.open) return dialog.close();
    dialog.showModal();
    input.select();
  };
})();
