// The page is complete without this: here the table learns to sort, search and filter. It holds no data.
(() => {
  "use strict";
  const table = document.getElementById("table");
  if (!table) return;
  const rows = Array.from(table.tBodies[0].rows);
  const names = rows.map((row) => (row.cells[0].querySelector("[title]")?.title || row.cells[0].textContent).toLowerCase());

  // What a cell shows as a number: "1,234", "−0.002", "12.5 %", "< 1e-15"; a dash has none.
  const number = (text) => {
    const value = parseFloat(text.replace(/[<>%,\s]/g, "").replace("−", "-"));
    if (text.startsWith("<")) return value * 0.999;
    return text.startsWith(">") ? value * 1.001 : value;
  };
  // Headers say what they sort: data-sort is "text", "level" or "number".
  const keyOf = (row, column, header) => {
    const kind = header.dataset.sort;
    if (kind === "level") return Number(row.dataset.s);
    const text = row.cells[column].textContent.trim();
    return kind === "text" ? text : number(text);
  };
  makeSortable(table, "en", keyOf);

  const form = document.getElementById("controls");
  const search = document.getElementById("search");
  const level = document.getElementById("level");
  const tariff = document.getElementById("tariff");
  const shown = document.getElementById("shown");
  const filter = () => {
    const part = search.value.trim().toLowerCase();
    const levels = level.value.split(" ");
    let count = 0;
    rows.forEach((row, index) => {
      const fits =
        names[index].includes(part) &&
        (!level.value || levels.includes(row.dataset.s)) &&
        (!tariff?.value || tariff.value === row.dataset.t);
      row.hidden = !fits;
      count += fits;
    });
    const all = rows.length.toLocaleString("en");
    shown.textContent = count === rows.length ? `${all} columns` : `${count.toLocaleString("en")} of ${all} columns`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
