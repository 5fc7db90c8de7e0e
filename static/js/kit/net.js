// Talking to the server: JSON in, JSON out, with the CSRF token of the page. Network trouble is told apart from a refusal.

export class Offline extends Error {}

const token = () => document.querySelector("meta[name=csrf]")?.content ?? "";

// Gives {ok, status, data}; throws Offline when no answer came at all.
export async function send(url, { method = "POST", data, signal } = {}) {
  const request = {
    method,
    signal,
    credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest" },
  };
  if (data !== undefined) {
    request.body = JSON.stringify(data);
    request.headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(url, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Offline(error.message);
  }
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  return { ok: answer.ok, status: answer.status, data: isJson ? await answer.json() : null };
}
