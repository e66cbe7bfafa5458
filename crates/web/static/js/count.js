// The form that counts a drawer adds up while one types. The server reckons for itself.
const grouped = (pesewas) => (pesewas / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

onContent((root) => {
  for (const form of root.querySelectorAll("[data-count]")) {
    const total = form.querySelector("[data-count-total]");
    const add = () => {
      let pesewas = 0;
      for (const input of form.querySelectorAll("[data-worth]")) {
        const many = /^\s*\d+\s*$/.test(input.value) ? Number(input.value) : 0;
        pesewas += many * Number(input.dataset.worth);
      }
      total.textContent = grouped(pesewas);
    };
    form.addEventListener("input", add);
    add();
  }
});
