// Work orders: what waits for me, and the board of what is open.
import { decision } from "./answer.js";
import { call } from "./api.js";
import { el } from "./ui.js";
import { moment, say, tongue } from "./words.js";

function length(minutes) {
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days) return say("days", { d: days, h: hours });
  return hours ? say("hours", { h: hours, m: minutes % 60 }) : say("minutes", { m: minutes });
}

function due(order) {
  if (order.minutes_left === null) return null;
  const late = order.minutes_left < 0;
  const close = !late && order.minutes_left < 120;
  return el("span", { class: `due ${late ? "late" : close ? "close" : ""}`, title: moment(order.due_at) }, say(late ? "over" : "until", { t: length(Math.abs(order.minutes_left)) }));
}

function card(order, open, named = false) {
  return el("button", { type: "button", class: "order", onclick: () => open(order.case_no) },
    el("span", { class: "order-head" }, el("span", { class: "case-no" }, order.case_no), named ? el("span", {}, order.status) : null, order.supervised ? el("span", { class: "flag" }, say("supervised")) : null, due(order)),
    el("b", {}, order.title), el("span", { class: "where" }, [order.place, order.unit].filter(Boolean).join(" · ")));
}

export class Tasks {
  constructor(open, press) {
    this.open_ = open;
    this.press = press;
    this.waiting = el("div", { class: "orders" });
    this.list = el("div", { class: "orders" });
    this.node = el("div", { class: "scroll" }, el("div", { class: "column briefs" }, this.waiting, this.list));
  }

  async open() {
    const found = await call(`/tasks?language=${tongue()}`);
    this.waiting.replaceChildren(...found.waiting.map((one) => decision(one, this.press)));
    this.list.replaceChildren(...found.orders.map((order) => card(order, this.open_, true)));
    if (!found.orders.length && !found.waiting.length) this.list.replaceChildren(el("p", {}, say("noTasks")));
    if (found.total > found.orders.length) this.list.append(el("p", { class: "fine" }, say("partial", { n: found.orders.length })));
  }
}

export class Board {
  constructor(open) {
    this.open_ = open;
    this.columns = el("div", { class: "board", tabindex: "0", role: "region", "aria-label": say("board") });
    this.node = el("div", { class: "scroll" }, this.columns);
  }

  async open() {
    const columns = await call(`/board?language=${tongue()}`);
    this.columns.replaceChildren(...columns.map((column) => el("section", { class: "lane", "aria-label": column.name },
      el("h2", {}, column.name, el("span", {}, String(column.total))), ...column.orders.map((order) => card(order, this.open_)),
      column.total > column.orders.length ? el("p", { class: "fine" }, say("partial", { n: column.orders.length })) : null)));
    if (!columns.length) this.columns.replaceChildren(el("p", {}, say("noOrders")));
  }
}
