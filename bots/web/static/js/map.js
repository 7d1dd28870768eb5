// A metric by area: choose what and when, see where.
import { call } from "./api.js";
import { drawAnswer } from "./answer.js";
import { el } from "./ui.js";
import { say, tongue } from "./words.js";

export class AreaMap {
  constructor() {
    this.metrics = el("select", { "aria-label": say("mapMetric"), onchange: () => this.show() });
    this.windows = el("select", { "aria-label": say("mapWindow"), onchange: () => this.show() });
    this.place = el("div", { "aria-live": "polite" });
    this.node = el("div", { class: "scroll" }, el("div", { class: "column briefs" }, el("div", { class: "chips picks" }, this.metrics, this.windows), this.place));
  }

  async open() {
    if (this.metrics.children.length) return;
    const known = await call(`/map/choices?language=${tongue()}`);
    const options = (pairs, chosen) => pairs.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
    this.metrics.replaceChildren(...options(known.metrics, known.metrics[0]?.[0]));
    this.windows.replaceChildren(...options(known.windows, "last_7_days"));
    if (known.metrics.length) await this.show(); else this.place.replaceChildren(el("p", {}, say("empty")));
  }

  async show() {
    const answer = await call(`/map?metric=${this.metrics.value}&window=${this.windows.value}&language=${tongue()}`);
    this.place.replaceChildren(drawAnswer(answer, () => {}));
  }
}
