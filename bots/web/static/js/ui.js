// Elements without markup in strings: nothing that anybody wrote can become HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  plus: "M12 5v14M5 12h14",
  chat: "M4 5h16v11H9l-5 4z",
  brief: "M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h5",
  task: "M4 6l2 2 3-3M4 13l2 2 3-3M4 20l2 2 3-3M12 7h8M12 14h8M12 21h8",
  board: "M4 4h5v16H4zM10.5 4h4v10h-4zM16 4h4v13h-4z",
  map: "M9 4L3 6v14l6-2 6 2 6-2V4l-6 2zM9 4v14M15 6v14",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
  out: "M10 4H5v16h5M15 8l4 4-4 4M19 12H9",
  send: "M12 19V5M6 11l6-6 6 6",
  up: "M7 11v9H4v-9zM7 11l4-8a2 2 0 0 1 2 2v4h6l-1.5 11H7",
  down: "M7 13V4H4v9zM7 13l4 8a2 2 0 0 0 2-2v-4h6L17.500 4H7",
  proof: "M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6zM9 12l2 2 4-4",
  save: "M12 4v11M7 11l5 5 5-5M5 20h14",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  spark: "M12 3l2 6 6 2-6 2-2 6-2-6-6-2 6-2z",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export const iconButton = (name, label, onclick, more = {}) =>
  el("button", { type: "button", class: "icon-button", title: label, "aria-label": label, onclick, ...more }, icon(name));

// The plainest Markdown: **bold**, `code`, lists by line. Everything else is text.
export function spoken(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((piece) => {
    if (piece.startsWith("**") && piece.length > 4) return el("b", {}, piece.slice(2, -2));
    if (piece.startsWith("`") && piece.length > 2) return el("code", {}, piece.slice(1, -1));
    return piece;
  });
}

// A side sheet that takes the focus and gives it back.
export function openDrawer(title, closeLabel, ...content) {
  closeDrawer();
  const before = document.activeElement;
  const leave = () => { veil.remove(); drawer.remove(); document.removeEventListener("keydown", keys); before?.focus?.(); };
  const keys = (event) => {
    if (event.key === "Escape") leave();
    if (event.key !== "Tab") return;
    const stops = [...drawer.querySelectorAll("button, summary, [tabindex='0']")];
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last.focus(); }
    else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first.focus(); }
  };
  const shut = iconButton("close", closeLabel, leave);
  const veil = el("div", { class: "veil", onclick: leave });
  const drawer = el("aside", { class: "drawer", role: "dialog", "aria-modal": "true", "aria-label": title },
    el("header", {}, el("h2", {}, title), shut), el("div", { class: "body" }, ...content));
  document.body.append(veil, drawer);
  document.addEventListener("keydown", keys);
  shut.focus();
  openDrawer.leave = leave;
}

export function closeDrawer() { openDrawer.leave?.(); openDrawer.leave = null; }
