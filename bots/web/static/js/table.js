// A table that sorts by its heads and leaves as CSV or Excel.
import { el } from "./ui.js";
import { say } from "./words.js";

const SHOWN = 50;

function compare(one, other) {
  if (one === other) return 0;
  if (one === null || one === "") return 1;
  if (other === null || other === "") return -1;
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), "zh-Hans");
}

// Without a key it is kept nowhere and cannot leave.
export function drawTable(block, key, number) {
  const order = block.rows.map((_, index) => index);
  const body = el("tbody");
  const heads = [];
  let shown = SHOWN;
  const more = el("button", { type: "button", class: "more", onclick: () => { shown += SHOWN * 4; fill(); } });

  function fill() {
    body.replaceChildren(...order.slice(0, shown).map((row) => el("tr", {},
      ...block.rows[row].map((cell, column) => el("td", { class: block.heads[column].numeric ? "number" : null }, cell)))));
    const left = order.length - shown;
    more.hidden = left <= 0;
    more.textContent = say("more", { n: Math.min(left, SHOWN * 4) });
  }

  function sort(column) {
    const ascending = heads[column].getAttribute("aria-sort") === "descending";
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", ascending ? "ascending" : "descending");
    order.sort((one, other) => (ascending ? 1 : -1) * compare(block.values[one][column], block.values[other][column]) || one - other);
    fill();
  }

  block.heads.forEach((head, column) => heads.push(
    el("th", { scope: "col", class: head.numeric ? "number" : null }, el("button", { type: "button", onclick: () => sort(column) }, head.label))));
  fill();
  const link = (kind) => el("a", { class: "button small", href: `/api/export/${encodeURIComponent(key)}/${number}.${kind}`, download: `citydesk.${kind}` }, say(kind));
  return el("section", { class: "table", "aria-label": block.title },
    el("div", { class: "grid-title" }, el("span", {}, block.title),
      key ? el("span", { class: "tools" }, link("csv"), link("xlsx")) : null),
    el("div", { class: "grid-box", tabindex: "0" }, el("table", { class: "grid" }, el("thead", {}, el("tr", {}, ...heads)), body), more),
    block.truncated ? el("p", { class: "fine" }, say("partial", { n: block.rows.length })) : null);
}
