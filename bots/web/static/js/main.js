// Boot: who is here, then the desk around the conversation.
import { call, Refused } from "./api.js";
import { Board, Tasks } from "./board.js";
import { Briefs } from "./briefs.js";
import { Chat, freshness } from "./chat.js";
import { AreaMap } from "./map.js";
import { closeDrawer, el, icon, iconButton } from "./ui.js";
import { say, setLanguage, tongue } from "./words.js";

const root = document.getElementById("root");
const kept = (name, otherwise) => localStorage.getItem(`citydesk.${name}`) ?? otherwise;
const keep = (name, value) => localStorage.setItem(`citydesk.${name}`, value);

function paintTheme() {
  document.documentElement.dataset.theme = kept("theme", "auto");
  document.dispatchEvent(new CustomEvent("citydesk:look"));
}

function turnTheme() {
  const dark = document.documentElement.dataset.theme === "dark"
    || (document.documentElement.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  keep("theme", dark ? "light" : "dark");
  paintTheme();
}

function signIn() {
  const field = el("input", { type: "password", autocomplete: "current-password", "aria-label": say("token"), placeholder: say("token"), required: true });
  const error = el("p", { class: "error", role: "alert" });
  root.replaceChildren(el("main", { class: "sign-in" }, el("form", { onsubmit: async (event) => {
    event.preventDefault();
    try { await call("/sign-in", { method: "POST", body: { token: field.value } }); await boot(); }
    catch { error.textContent = say("wrongToken"); field.select(); }
  } }, el("img", { src: "/static/mark.svg", alt: "" }), el("h1", {}, say("product")), el("p", {}, say("signInLead")), field,
  el("button", { class: "button main" }, say("signIn")), error)));
  field.focus();
}

class Desk {
  constructor(me) {
    this.me = me;
    this.chat = new Chat(me, () => this.history(), () => this.go("briefs"));
    this.briefs = new Briefs((action) => { this.go("chat"); this.chat.press(action); });
    const inquire = (number) => { this.go("chat"); this.chat.ask(say("askCase", { number })); };
    this.tasks = new Tasks(inquire, (action) => { this.go("chat"); this.chat.press(action); });
    this.board = new Board(inquire);
    this.map = new AreaMap();
    this.list = el("ul", { class: "history" });
    this.title = el("h1", {}, "");
    this.rail = this.drawRail();
    this.views = { chat: this.chat.node, briefs: [this.briefs.node], map: [this.map.node], tasks: [this.tasks.node], board: [this.board.node] };
    this.room = el("main", { class: "room" }, this.drawTop(), ...Object.values(this.views).flat());
    root.replaceChildren(el("a", { class: "skip", href: "#ask" }, say("skip")), el("div", { class: "shell" }, this.rail, this.room));
    this.go("chat");
    this.history();
    document.title = `${say("product")} · ${me.city[tongue()] ?? ""}`;
  }

  go(view) {
    this.view = view;
    this.shut();
    for (const [name, nodes] of Object.entries(this.views)) nodes.forEach((node) => { node.hidden = name !== view; });
    for (const button of this.nav.children) button.setAttribute("aria-current", button.dataset.view === view ? "page" : "false");
    this.title.textContent = view === "chat" ? this.chat.turns[0]?.question ?? "" : say(view);
    if (view !== "chat") this[view].open();
  }

  drawRail() {
    const { me } = this;
    const link = (view, drawing) => el("button", { type: "button", "data-view": view, onclick: () => this.go(view) }, icon(drawing), say(view));
    this.nav = el("div", { class: "nav" }, link("chat", "chat"), link("briefs", "brief"), link("map", "map"), link("tasks", "task"), link("board", "board"));
    const who = me.roles.length
      ? el("select", { "aria-label": say("playAs"), title: say("playAs"), onchange: async (event) => { await call("/be", { method: "POST", body: { name: event.target.value } }); await boot(); } },
        ...me.roles.map((role) => el("option", { value: role, selected: role === me.role }, say(`role_${role}`))))
      : el("b", {}, me.name);
    return el("nav", { class: "rail", "aria-label": say("menu") },
      el("div", { class: "brand" }, el("img", { src: "/static/mark.svg", alt: "" }), el("div", {}, el("b", {}, say("product")), el("span", {}, me.city[tongue()] ?? me.city.zh))),
      el("button", { type: "button", class: "button main", onclick: () => { this.go("chat"); this.chat.fresh(); } }, icon("plus"), say("newChat")),
      this.nav,
      el("h2", {}, say("recent")), this.list,
      el("div", { class: "person" }, el("span", { class: "face", "aria-hidden": "true" }, [...say(`role_${me.role}`)][0].toUpperCase()),
        el("div", { class: "who" }, who, el("span", {}, me.roles.length ? me.scope[tongue()] : `${say(`role_${me.role}`)} · ${me.scope[tongue()]}`)),
        me.roles.length ? null : iconButton("out", say("signOut"), async () => { await call("/sign-out", { method: "POST", body: {} }); signIn(); })));
  }

  drawTop() {
    return el("header", { class: "topbar" },
      iconButton("menu", say("menu"), () => this.openRail(), { class: "icon-button menu" }), this.title,
      el("span", { class: "fresh" }, freshness(this.me)),
      iconButton("globe", say("language"), () => { keep("language", tongue() === "zh" ? "en" : "zh"); boot(); }),
      iconButton("theme", say("theme"), turnTheme));
  }

  openRail() {
    this.rail.classList.add("open");
    const veil = el("div", { class: "veil", onclick: () => this.shut() });
    this.veil = veil;
    document.body.append(veil);
    this.rail.querySelector("button").focus();
  }

  shut() { this.rail.classList.remove("open"); this.veil?.remove(); }

  async history() {
    if (this.view === "chat") this.title.textContent = this.chat.turns[0]?.question ?? "";
    const threads = await call("/threads");
    this.list.replaceChildren(...threads.map((one) => el("li", { "aria-current": String(one.thread === this.chat.thread) },
      el("button", { type: "button", class: "open", title: one.title, onclick: () => { this.go("chat"); this.chat.open(one.thread); } }, el("span", {}, one.title || "…")),
      iconButton("trash", say("remove"), async () => {
        await call(`/threads/${encodeURIComponent(one.thread)}`, { method: "DELETE", body: {} });
        if (one.thread === this.chat.thread) this.chat.fresh(); else this.history();
      }))));
    if (!threads.length) this.list.replaceChildren(el("li", { class: "label" }, say("noRecent")));
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "")) {
    event.preventDefault();
    document.getElementById("ask")?.focus();
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintTheme);

async function boot() {
  closeDrawer();
  document.querySelectorAll("body > .veil").forEach((veil) => veil.remove());
  setLanguage(kept("language", (navigator.language || "zh").startsWith("zh") ? "zh" : "en"));
  paintTheme();
  try {
    window.desk = new Desk(await call("/me"));
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 401) signIn(); else throw problem;
  }
}

boot();
