// The page is complete without this: here its tables learn to sort and to search. It holds no data.
(() => {
  "use strict";
  const root = document.documentElement;
  const locale = root.dataset.locale;

  const keyOf = (row, column, header) => {
    const cell = row.cells[column];
    return header.dataset.sort === "text" ? cell.textContent.trim() : parseFloat(cell.dataset.v);
  };

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const watch = (form) => {
    const rows = Array.from(document.getElementById(form.dataset.for).tBodies[0].rows);
    const words = (row) => `${row.textContent} ${Array.from(row.querySelectorAll("[title]"), (one) => one.title).join(" ")}`;
    const texts = rows.map((row) => plain(words(row)));
    const search = form.querySelector("input");
    const shown = form.querySelector("[role=status]");
    const count = (number) => number.toLocaleString(locale);
    const filter = () => {
      const parts = plain(search.value).split(/\s+/).filter(Boolean);
      let some = 0;
      rows.forEach((row, index) => {
        row.hidden = !parts.every((part) => texts[index].includes(part));
        some += !row.hidden;
      });
      const text = some === rows.length ? form.dataset.all : form.dataset.some;
      shown.textContent = text.replace("#some", count(some)).replace("#all", count(rows.length));
    };
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
  };

  document.querySelectorAll("form[data-for]").forEach((form) => {
    makeSortable(document.getElementById(form.dataset.for), locale, keyOf);
    watch(form);
  });
})();
