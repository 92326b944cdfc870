/** The chat's HTTP interface. The token travels in a header, never in an address. No DOM. */

import type { Choice, Item, ServerMessage } from "./types";

const REQUEST_SECONDS = 15;

interface Body extends Record<string, unknown> {
  say?: unknown;
  buttons?: unknown;
}

interface Request {
  token?: string | null;
  body?: object;
  keepalive?: boolean;
}

export class Refused extends Error {
  readonly status: number;
  /** Lines for the visitor that came with the refusal. */
  readonly say: string[];
  readonly buttons: Choice[];
  readonly seconds: number | undefined;

  constructor(response: Response, body: Body | null) {
    super(`HTTP ${response.status}`);
    this.status = response.status;
    this.say = Array.isArray(body?.say) ? body.say : [];
    this.buttons = Array.isArray(body?.buttons) ? body.buttons : [];
    this.seconds = Number(response.headers.get("Retry-After")) || undefined;
  }

  /** The same request would be refused again. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

export class ChatApi {
  #base: string;
  #fetch: typeof fetch;

  /** `base` is the address of the interface, such as `https://guide.example.org/chat`. */
  constructor(base: string, fetcher: typeof fetch) {
    this.#base = base;
    this.#fetch = fetcher;
  }

  openSession(): Promise<{ token: string; messages: ServerMessage[] }> {
    return this.#json("POST", "/sessions");
  }

  history(token: string): Promise<{ messages: ServerMessage[] }> {
    return this.#json("GET", "/history", { token });
  }

  postMessage(token: string | null, item: Item): Promise<void> {
    return this.#json("POST", "/messages", { token, body: item });
  }

  typing(token: string): Promise<void> {
    return this.#json("POST", "/typing", { token });
  }

  rate(token: string, seq: number, helpful: boolean): Promise<void> {
    return this.#json("PUT", "/ratings", { token, body: { seq, helpful } });
  }

  /** The words of a window in another language. */
  texts(language: string): Promise<Record<string, string>> {
    return this.#json("GET", `/texts/${language}`);
  }

  /** Ends the session. It outlives the page that asks for it. */
  endSession(token: string): Promise<void> {
    return this.#json("DELETE", "/session", { token, keepalive: true });
  }

  /** Deletes what was said, and ends the session. */
  forget(token: string): Promise<void> {
    return this.#json("DELETE", "/history", { token, keepalive: true });
  }

  /** Everything kept of this chat, as a text. */
  async ownData(token: string): Promise<string> {
    return (await this.#call("GET", "/export", token)).text();
  }

  /** The body of the event stream, from the message after `lastSeq`. */
  async events(
    token: string,
    lastSeq: number,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": `${lastSeq}` };
    const { body } = await this.#call("GET", "/events", token, { headers, signal });
    if (!body) throw new TypeError("an answer without a body");
    return body;
  }

  async #json<T>(method: string, path: string, given: Request = {}): Promise<T> {
    const { token, body, keepalive } = given;
    const response = await this.#call(method, path, token, {
      ...(keepalive && { keepalive }),
      ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
    return response.status === 204 ? (undefined as T) : response.json();
  }

  async #call(
    method: string,
    path: string,
    token: string | null | undefined,
    { headers, ...rest }: RequestInit = {},
  ): Promise<Response> {
    const bearer = token ? { Authorization: `Bearer ${token}` } : {};
    const response = await this.#fetch(this.#base + path, {
      method,
      headers: { ...headers, ...bearer },
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(REQUEST_SECONDS * 1000),
      ...rest,
    });
    if (!response.ok) throw new Refused(response, await response.json().catch(() => null));
    return response;
  }
}
