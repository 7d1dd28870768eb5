// The server, and nobody else.

export class Refused extends Error {
  constructor(status) { super(`refused: ${status}`); this.status = status; }
}

export async function call(path, { method = "GET", body } = {}) {
  const response = await fetch(`/api${path}`, {
    method, headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin",
  });
  if (!response.ok) throw new Refused(response.status);
  return response.json();
}

// Events of an answer as they come; the last one is the answer.
export async function stream(path, body, onEvent) {
  const response = await fetch(`/api${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), credentials: "same-origin",
  });
  if (!response.ok) throw new Refused(response.status);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    rest += value;
    let end;
    while ((end = rest.indexOf("\n\n")) >= 0) {
      const name = /^event: (.*)$/m.exec(rest.slice(0, end))?.[1];
      const data = /^data: (.*)$/m.exec(rest.slice(0, end))?.[1];
      rest = rest.slice(end + 2);
      if (name && data) onEvent(name, JSON.parse(data));
    }
  }
}

export const newKey = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
