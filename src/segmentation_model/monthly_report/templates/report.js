// The page is complete without this: here its tables learn to sort and to search. It holds no data.
(() => {
  "use strict";
  const root = document.documentElement;
  const locale = root.dataset.locale;

  const teach = (table) => {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const place = new Map(rows.map((row, index) => [row, index]));
    const headers = Array.from(table.tHead.rows[0].cells);

    const keyOf = (row, column) => {
      const cell = row.cells[column];
      return headers[column].dataset.sort === "text" ? cell.textContent.trim() : parseFloat(cell.dataset.v);
    };
    const compare = (one, other) =>
      typeof one === "string" ? one.localeCompare(other, locale, { numeric: true, sensitivity: "base" }) : one - other;
    const sort = (column, direction) => {
      const keys = new Map(rows.map((row) => [row, keyOf(row, column)]));
      const sign = direction === "descending" ? -1 : 1;
      const sorted = rows.slice().sort((one, other) => {
        const a = keys.get(one);
        const b = keys.get(other);
        const missing = Number.isNaN(a) - Number.isNaN(b); // what has no value comes last, whichever way
        return missing || sign * compare(a, b) || place.get(one) - place.get(other);
      });
      body.append(...sorted);
      headers.forEach((header, index) => {
        if (index === column) header.setAttribute("aria-sort", direction);
        else header.removeAttribute("aria-sort");
      });
    };

    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      const first = header.dataset.sort === "text" ? "ascending" : "descending";
      const second = first === "ascending" ? "descending" : "ascending";
      button.addEventListener("click", () => sort(column, header.getAttribute("aria-sort") === first ? second : first));
    });
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
    teach(document.getElementById(form.dataset.for));
    watch(form);
  });
})();
