// The chat's HTTP interface. The token travels in a header, never in an address. No DOM.

const REQUEST_SECONDS = 15;

export class Refused extends Error {
  constructor(response, body) {
    super(`HTTP ${response.status}`);
    this.status = response.status;
    this.say = Array.isArray(body?.say) ? body.say : [];
    this.buttons = Array.isArray(body?.buttons) ? body.buttons : [];
    this.seconds = Number(response.headers.get("Retry-After")) || undefined;
  }

  /** The same request would be refused again. */
  get isFinal() {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

export class ChatApi {
  #base;
  #fetch;

  constructor(base, fetch) {
    this.#base = base;
    this.#fetch = fetch;
  }

  openSession() {
    return this.#json("POST", "/sessions");
  }

  history(token) {
    return this.#json("GET", "/history", { token });
  }

  postMessage(token, message) {
    return this.#json("POST", "/messages", { token, body: message });
  }

  endSession(token) {
    return this.#json("DELETE", "/session", { token, keepalive: true });
  }

  /** Everything kept of this chat, as a text. */
  async ownData(token) {
    const signal = AbortSignal.timeout(REQUEST_SECONDS * 1000);
    return (await this.#call("GET", "/export", { token, signal })).text();
  }

  /** The body of the event stream, from the message after `lastSeq`. */
  async events(token, lastSeq, signal) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": `${lastSeq}` };
    return (await this.#call("GET", "/events", { token, headers, signal })).body;
  }

  async #json(method, path, { token, body, keepalive } = {}) {
    const response = await this.#call(method, path, {
      token,
      keepalive,
      headers: body && { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_SECONDS * 1000),
    });
    return response.status === 204 ? null : response.json();
  }

  async #call(method, path, { token, headers, ...rest }) {
    const bearer = token && { Authorization: `Bearer ${token}` };
    const init = { method, headers: { ...headers, ...bearer }, cache: "no-store", ...rest };
    const response = await this.#fetch(this.#base + path, init);
    if (!response.ok) throw new Refused(response, await response.json().catch(() => null));
    return response;
  }
}
