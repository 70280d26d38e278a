"use strict";
(() => {
  const table = document.getElementById("students");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => ({
    row,
    text: row.cells[0].textContent.toLowerCase(),
    status: row.dataset.status,
    keys: Array.from(row.cells, (cell) => cell.dataset.key ?? cell.textContent.trim().toLowerCase()),
  }));
  const order = new Intl.Collator(undefined, { numeric: true });
  const buttons = table.tHead.querySelectorAll("button");
  buttons.forEach((button) => {
    button.disabled = false;
    button.addEventListener("click", () => {
      const head = button.closest("th");
      const up = head.getAttribute("aria-sort") !== "ascending";
      table.tHead.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const column = head.cellIndex;
      rows.sort((a, b) => order.compare(a.keys[column], b.keys[column]) * (up ? 1 : -1));
      body.append(...rows.map(({ row }) => row));
    });
  });
  const words = document.getElementById("filter-text");
  const status = document.getElementById("filter-status");
  const shown = document.getElementById("shown");
  const filter = () => {
    const wanted = words.value.trim().toLowerCase();
    let left = 0;
    for (const { row, text, status: is } of rows) {
      const stays = text.includes(wanted) && (!status.value || is === status.value);
      row.hidden = !stays;
      left += stays;
    }
    shown.textContent = `${left} of ${rows.length} shown`;
  };
  words.addEventListener("input", filter);
  status.addEventListener("change", filter);
  document.getElementById("filters").hidden = false;
  filter();
})();
