"use strict";
(() => {
  const table = document.getElementById("students");
  const body = table.tBodies[0];
  const named = Array.from(table.tHead.rows[0].cells).findIndex((cell) => cell.textContent === "Status");
  const rows = Array.from(body.rows, (row) => ({
    row,
    text: Array.from(row.cells).slice(0, named).map((cell) => cell.textContent).join(" ").toLowerCase(),
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
      turn(0);
    });
  });
  const words = document.getElementById("filter-text");
  const status = document.getElementById("filter-status");
  const shown = document.getElementById("shown");
  const earlier = document.getElementById("earlier");
  const further = document.getElementById("further");
  const size = 50;
  let start = 0;
  const turn = (to) => {
    start = to;
    const wanted = words.value.trim().toLowerCase();
    const found = rows.filter(({ text, status: is }) => text.includes(wanted) && (!status.value || is === status.value));
    rows.forEach(({ row }) => { row.hidden = true; });
    found.slice(start, start + size).forEach(({ row }) => { row.hidden = false; });
    const end = Math.min(start + size, found.length);
    const all = found.length === rows.length ? "" : " found";
    const part = `${start + 1} to ${end} of ${found.length}${all}`;
    shown.textContent = found.length > size ? part : `${found.length} of ${rows.length} shown`;
    earlier.disabled = start === 0;
    further.disabled = end === found.length;
    earlier.parentElement.hidden = found.length <= size;
  };
  words.addEventListener("input", () => turn(0));
  status.addEventListener("change", () => turn(0));
  earlier.addEventListener("click", () => turn(Math.max(0, start - size)));
  further.addEventListener("click", () => turn(start + size));
  window.addEventListener("beforeprint", () => rows.forEach(({ row }) => { row.hidden = false; }));
  window.addEventListener("afterprint", () => turn(start));
  document.getElementById("filters").hidden = false;
  turn(0);
})();
