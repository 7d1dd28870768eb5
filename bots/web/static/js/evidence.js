// The evidence drawer: how each number came to be.
import { el, openDrawer } from "./ui.js";
import { moment, say } from "./words.js";

function fact(name, value) {
  return value ? [el("dt", {}, say(name)), el("dd", {}, value)] : [];
}

function span(ends) {
  return ends ? `${moment(ends[0])} → ${moment(ends[1])}` : say("all");
}

function copyButton(text) {
  const button = el("button", { type: "button", class: "button small", onclick: async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = say("copied");
  } }, say("copy"));
  return button;
}

function proof(query) {
  const scope = Object.values(query.scope ?? {}).flat().join("、");
  return el("section", { class: "proof" },
    el("p", { class: "definition" }, query.definition),
    el("dl", { class: "facts" }, ...fact("window", span(query.window)), ...(query.base_window ? fact("base", span(query.base_window)) : []),
      ...fact("scope", scope), ...fact("fresh", moment(query.as_of)), ...fact("count", String(query.rows)), ...fact("took", say("ms", { n: query.elapsed_ms }))),
    el("details", {}, el("summary", {}, say("sql")), el("pre", { class: "sql", tabindex: "0" }, query.sql), copyButton(query.sql),
      query.parameters.length ? el("dl", { class: "facts" }, ...fact("parameters", JSON.stringify(query.parameters))) : null),
    el("details", {}, el("summary", {}, say("semantic")), el("pre", { class: "sql", tabindex: "0" }, JSON.stringify(query.semantic, null, 1))));
}

function quote(one) {
  return el("blockquote", { class: "quote" },
    el("b", {}, [one.document, one.article, one.version].filter(Boolean).join(" · ")), el("p", {}, one.quote ?? ""));
}

export function showEvidence(answer) {
  const parts = answer.queries.map(proof);
  if (answer.citations.length) parts.push(el("section", { class: "proof" }, el("p", { class: "definition" }, say("citations")), ...answer.citations.map(quote)));
  if (!parts.length) parts.push(el("p", {}, say("noEvidence")));
  if (answer.trace_id) parts.push(el("dl", { class: "facts" }, ...fact("trace", answer.trace_id)));
  openDrawer(say("evidence"), say("close"), ...parts);
}
