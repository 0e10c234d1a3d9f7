// Makes a table sort by its headers, which become buttons. A header's data-sort is "text" (first click: ascending) or another
// kind (descending); `keyOf(row, column, header)` gives a cell's text or number, NaN where it has no value.
const makeSortable = (table, locale, keyOf) => {
  "use strict";
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const place = new Map(rows.map((row, index) => [row, index]));
  const headers = Array.from(table.tHead.rows[0].cells);

  const compare = (one, other) =>
    typeof one === "string" ? one.localeCompare(other, locale, { numeric: true, sensitivity: "base" }) : one - other;
  const sort = (column, direction) => {
    const keys = new Map(rows.map((row) => [row, keyOf(row, column, headers[column])]));
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
