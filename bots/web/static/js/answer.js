// One answer as a card.
import { call } from "./api.js";
import { draw } from "./chart.js";
import { showEvidence } from "./evidence.js";
import { drawTable } from "./table.js";
import { el, icon, iconButton, spoken } from "./ui.js";
import { say } from "./words.js";

// The account under a number: smaller, so that the conclusion stands out.
const ACCOUNT = /^(时间|统计时点|每天|仅|对比时间|截至|范围|权限范围|口径|数据截至|数据只到|「|Time|Window|Counted|Compared|Daily|Only|Within|Scope|Permitted|Limited|Filter|Definition|Data|"|“)/;

// (what is said, the account under it), as two blocks.
function words(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  const isFine = (line, number) => number > 0 && ACCOUNT.test(line);
  const block = (some, name) => some.length ? el("div", { class: `said ${name}` }, ...some.map((line) =>
    el("p", { class: name === "account" ? "fine" : line === lines[0] && line.length < 160 ? "first" : null }, ...spoken(line)))) : null;
  return [block(lines.filter((line, number) => !isFine(line, number)), ""), block(lines.filter(isFine), "account")];
}

function views(charts, tables, key) {
  const chartPanel = el("div", { class: "charts" }, ...charts.map(() => el("div", { class: "plot" })));
  const tablePanel = el("div", { class: "tables" }, ...tables.map((table, number) => drawTable(table, key, number)));
  const [both, panels] = [charts.length > 0 && tables.length > 0, [chartPanel, tablePanel]];
  const paint = () => charts.forEach((chart, number) => draw(chartPanel.children[number], chart).catch(() => choose(1)));
  const tabs = [say("chart"), say("table")].map((label, number) =>
    el("button", { type: "button", role: "tab", onclick: () => choose(number), onkeydown: (event) => {
      if (event.key === "ArrowRight" || event.key === "ArrowLeft") { choose(1 - number); tabs[1 - number].focus(); }
    } }, label));
  function choose(chosen) {
    panels.forEach((panel, number) => { panel.hidden = number !== chosen; });
    tabs.forEach((tab, number) => { tab.setAttribute("aria-selected", String(number === chosen)); tab.tabIndex = number === chosen ? 0 : -1; });
  }
  if (both) choose(0); else { chartPanel.hidden = !charts.length; tablePanel.hidden = !tables.length; }
  if (charts.length) requestAnimationFrame(paint);
  return [both ? el("div", { class: "views" }, el("div", { class: "segments", role: "tablist" }, ...tabs)) : null, chartPanel, tablePanel];
}

// A single name and number is said in the words already.
const worthShowing = (table, alone) => table.rows.length > 1 || table.heads.length > 3 || !alone;

function chips(card, press) {
  const choice = card.purpose === "choose";
  return el("div", { class: choice ? "chips" : "chips follow" }, ...card.actions.map((action) =>
    el("button", { type: "button", class: choice ? "chip choice" : "chip", onclick: (event) => {
      event.currentTarget.parentElement.querySelectorAll("button").forEach((other) => { other.disabled = true; });
      press(action);
    } }, action.label)));
}

export function decision(card, press) {
  return el("section", { class: "decide" }, el("h3", {}, card.title),
    el("dl", { class: "facts" }, ...card.fields.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    el("div", { class: "row" }, ...card.actions.map((action) => el("button", { type: "button", class: `button ${action.style === "plain" ? "" : action.style}`, onclick: (event) => {
      event.currentTarget.parentElement.querySelectorAll("button").forEach((other) => { other.disabled = true; });
      press(action);
    } }, action.label))));
}

function judging(key) {
  const told = el("span", { role: "status" });
  const row = el("div", { class: "judge" });
  const give = async (score, reason = "") => { await call("/judge", { method: "POST", body: { about: key, score, reason } }); told.textContent = say("thanks"); };
  const choose = async (score) => {
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button === buttons[score === "up" ? 0 : 1])));
    await give(score);
    row.closest(".answer").querySelector(".reason")?.remove();
    if (score === "up") return;
    const field = el("input", { placeholder: say("why"), "aria-label": say("why"), maxlength: "1000" });
    row.closest(".answer").append(el("form", { class: "reason", onsubmit: async (event) => {
      event.preventDefault();
      await give("down", field.value);
      event.target.remove();
    } }, field, el("button", { class: "button small" }, say("sendReason"))));
    field.focus();
  };
  const buttons = [iconButton("up", say("up"), () => choose("up"), { "aria-pressed": "false" }), iconButton("down", say("down"), () => choose("down"), { "aria-pressed": "false" })];
  row.append(...buttons, told);
  return row;
}

function foot(turn) {
  const { answer } = turn;
  const meta = answer ? [answer.queries.length ? say("rows", { n: answer.queries.reduce((sum, query) => sum + query.rows, 0) }) : null,
    say("ms", { n: Math.round(answer.elapsed_ms) }), answer.model === "offline" ? say("embedded") : answer.model].filter(Boolean).join(" · ") : "";
  return el("div", { class: "foot" },
    answer && (answer.queries.length || answer.citations.length) ? el("button", { type: "button", class: "button small evidence", onclick: () => showEvidence(answer) }, icon("proof"), say("evidence")) : null,
    turn.reply.about ? judging(turn.key) : null,
    el("span", { class: "meta" }, answer?.fallback ? `${say("fallback")} · ${meta}` : meta));
}

export function drawAnswer(turn, press) {
  const of = (kind) => turn.reply.blocks.filter((block) => block.kind === kind);
  const tables = of("table");
  const cards = of("card").filter((card) => card.purpose !== "judge");
  const shownTables = tables.length && tables.every((table) => !worthShowing(table, tables.length === 1)) ? [] : tables;
  // Choices are buttons; a numbered list of the same words would only repeat them.
  const choosing = cards.some((card) => card.purpose === "choose");
  const texts = of("markdown").map((block) => (choosing ? block.text.split("\n").filter((line) => !/^\d+\. /.test(line)).join("\n") : block.text));
  const inner = el("div", { class: "inner" }, ...texts.map((text) => words(text)[0]),
    ...(of("chart").length || shownTables.length ? views(of("chart"), shownTables, turn.key) : []),
    ...cards.map((card) => (card.purpose === "decide" ? decision(card, press) : chips(card, press))),
    ...texts.map((text) => words(text)[1]));
  return el("article", { class: `answer rise ${turn.answer?.status ?? ""}` }, inner, foot(turn));
}

export function drawAsked(text) {
  return text ? el("div", { class: "asked" }, el("p", {}, text)) : null;
}
