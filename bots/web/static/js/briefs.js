// Briefings: the page of them, and the night in a few large numbers for the welcome.
import { call } from "./api.js";
import { drawAnswer } from "./answer.js";
import { el, icon } from "./ui.js";
import { say, tongue } from "./words.js";

const number = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 1 });

export function drawTiles(tiles) {
  return el("div", { class: "tiles" }, ...tiles.map((tile) => el("div", { class: "tile" },
    el("span", { class: "label" }, tile.label), el("b", {}, number(tile.value), el("small", {}, tile.unit)),
    el("span", { class: "usual" }, tile.usual === null ? "" : say("usual", { n: number(tile.usual) })))));
}

export async function tonight(openBriefs) {
  const brief = await call(`/briefs/night?language=${tongue()}`).catch(() => null);
  if (!brief?.tiles.length) return null;
  const lines = brief.answer.text.split("\n");
  return el("section", { class: "tonight" },
    el("div", { class: "tonight-head" }, el("p", { class: "label" }, lines[0].replaceAll("**", "")),
      el("button", { type: "button", class: "button small", onclick: openBriefs }, icon("brief"), say("readBrief"))),
    drawTiles(brief.tiles));
}

export class Briefs {
  constructor(press) {
    this.press = press;
    this.picks = el("div", { class: "chips picks", role: "tablist", "aria-label": say("briefs") });
    this.place = el("div", { "aria-live": "polite" });
    this.node = el("div", { class: "scroll" }, el("div", { class: "column briefs" }, this.picks, this.place));
  }

  async open() {
    const known = await call("/briefs");
    this.picks.replaceChildren(...known.map((one) => el("button", { type: "button", class: "chip", role: "tab", "data-name": one.name, onclick: () => this.show(one.name) }, one.title[tongue()])));
    if (known.length) await this.show(known[0].name); else this.place.replaceChildren(el("p", {}, say("noBriefs")));
  }

  async show(name) {
    for (const pick of this.picks.children) pick.setAttribute("aria-selected", String(pick.dataset.name === name));
    const brief = await call(`/briefs/${name}?language=${tongue()}`);
    this.place.replaceChildren(...[brief.tiles.length ? drawTiles(brief.tiles) : null, drawAnswer(brief, this.press)].filter(Boolean));
  }
}
