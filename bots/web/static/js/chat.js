// The conversation: ask, watch the steps, show the answer; go back to earlier ones.
import { call, newKey, stream } from "./api.js";
import { drawAnswer, drawAsked } from "./answer.js";
import { tonight } from "./briefs.js";
import { el, icon } from "./ui.js";
import { moment, say, tongue } from "./words.js";

export class Chat {
  constructor(me, onChange, openBriefs) {
    this.me = me;
    this.openBriefs = openBriefs;
    this.onChange = onChange;
    this.thread = newKey();
    this.turns = [];
    this.busy = false;
    this.log = el("div", { class: "column", role: "log", "aria-live": "polite" });
    this.scroll = el("div", { class: "scroll" }, this.log);
    this.field = el("textarea", { rows: 1, id: "ask", placeholder: say("placeholder"), "aria-label": say("ask"), enterkeyhint: "send",
      oninput: () => this.fit(), onkeydown: (event) => this.keys(event) });
    this.button = el("button", { class: "send", "aria-label": say("send"), title: say("send"), disabled: true }, icon("send"));
    this.composer = el("div", { class: "composer" }, el("form", { onsubmit: (event) => { event.preventDefault(); this.send(); } }, this.field, this.button), el("p", {}, say("hint")));
    this.node = [this.scroll, this.composer];
    this.welcome();
  }

  welcome() {
    const city = this.me.city[tongue()] ?? this.me.city.zh;
    const starters = this.me.starters[tongue()].map((text) =>
      el("button", { type: "button", class: "starter", onclick: () => this.ask(text) }, icon("spark"), el("span", {}, text)));
    const night = el("div");
    tonight(this.openBriefs).then((drawn) => drawn && night.replaceWith(drawn));
    this.log.replaceChildren(el("section", { class: "welcome" },
      el("div", {}, el("h2", {}, say("greeting", { city })), el("p", { class: "lead" }, say("lead")), el("p", { class: "fresh" }, freshness(this.me))), night,
      el("div", {}, el("p", { class: "label" }, say("starters")), el("div", { class: "starters" }, ...starters))));
  }

  fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.button.disabled = this.busy || !this.field.value.trim();
  }

  keys(event) {
    // Enter that ends a Chinese input method's word is not a wish to send.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    if (event.key === "ArrowUp" && !this.field.value && this.turns.length) {
      event.preventDefault();
      this.field.value = this.turns.at(-1).question;
      this.fit();
    }
  }

  send() {
    const text = this.field.value.trim();
    if (!text || this.busy) return;
    this.field.value = "";
    this.fit();
    this.ask(text);
  }

  ask(text) { return this.run("/ask", { text }, text); }

  press(action) { return this.run("/press", { token: action.token }, action.label); }

  async run(path, body, shown, key = newKey()) {
    if (this.busy) return;
    if (!this.turns.length && this.log.querySelector(".welcome")) this.log.replaceChildren();
    this.busy = true;
    const steps = el("div", { class: "steps" }, el("div", { class: "step" }, say("read")));
    const waiting = el("div", { class: "answer" }, steps);
    const turn = el("section", { class: "turn" }, drawAsked(shown), waiting);
    this.log.append(turn);
    this.fit();
    this.down(turn);
    try {
      await stream(path, { ...body, key, thread: this.thread, language: tongue() }, (name, data) => {
        if (name === "step") this.step(steps, data);
        if (name === "answer") this.show(data, turn, waiting, shown);
      });
      if (waiting.isConnected) throw new Error("cut short");
    } catch {
      if (waiting.isConnected) waiting.replaceChildren(el("div", { class: "inner" }, el("p", {}, say("failed")),
        el("div", { class: "chips" }, el("button", { type: "button", class: "chip choice", onclick: () => { turn.remove(); this.run(path, body, shown, key); } }, say("retry")))));
    } finally {
      this.busy = false;
      this.fit();
    }
  }

  step(steps, data) {
    if (data.void) { steps.replaceChildren(); return; }
    const known = [...steps.children].find((step) => step.dataset.call === data.call);
    steps.firstElementChild?.dataset.call ?? steps.firstElementChild?.classList.add("done");
    const row = known ?? steps.appendChild(el("div", { class: "step", "data-call": data.call }));
    const label = say(`step_${data.tool}`);
    row.textContent = (label === `step_${data.tool}` ? say("step_other") : label) + (data.done && data.rows ? ` · ${say("rows", { n: data.rows })}` : "");
    if (data.done) row.classList.add(data.error ? "failed" : "done");
  }

  show(data, turn, waiting, shown) {
    this.turns.push({ ...data, question: data.question || shown });
    waiting.replaceWith(drawAnswer(data, (action) => this.press(action)));
    this.down(turn);
    this.onChange();
  }

  async open(thread) {
    const turns = await call(`/threads/${encodeURIComponent(thread)}`);
    this.thread = thread;
    this.turns = turns;
    this.log.replaceChildren(...turns.map((turn) => el("section", { class: "turn" }, drawAsked(turn.question), drawAnswer(turn, (action) => this.press(action)))));
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.onChange();
  }

  fresh() {
    this.thread = newKey();
    this.turns = [];
    this.welcome();
    this.field.focus();
    this.onChange();
  }

  down(turn) { requestAnimationFrame(() => turn.scrollIntoView({ block: "start", behavior: "smooth" })); }
}

export const freshness = (me) => say("asOf", { at: moment(me.as_of) });
