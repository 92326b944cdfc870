/** The messages of a chat in the order in which the visitor should read them. No DOM. */

import type { Choice, Item, Message, ServerMessage } from "./types";

// Numbers start again with each session; this keeps an earlier session's messages above.
const SESSION_SPAN = 1_000_000;

const unsent = (message: Message) => message.author === "visitor" && message.state !== "sent";

export class Transcript {
  messages: Message[] = [];
  #session = 0;
  #localKeys = 0;

  /** The highest number seen in this session: where the event stream resumes. */
  get lastSeq(): number {
    const base = this.#session * SESSION_SPAN;
    return this.messages.reduce((last, m) => Math.max(last, (m.order ?? 0) - base), 0);
  }

  /** Is it of the session that is open now? Numbers mean nothing in another one. */
  isCurrent(message: Message): boolean {
    return message.order === this.#session * SESSION_SPAN + (message.seq ?? -1);
  }

  get isEmpty(): boolean {
    return this.messages.length === 0;
  }

  /** The message that says who answers now; undefined as long as the guide always has. */
  get owner(): Message | undefined {
    const base = this.#session * SESSION_SPAN;
    return this.messages.filter((m) => m.owner && (m.order ?? 0) > base).at(-1);
  }

  newSession(): void {
    this.#session += 1;
  }

  clear(): void {
    this.messages = [];
  }

  byClientId(id: string): Message | undefined {
    return this.messages.find((m) => m.author === "visitor" && m.client_id === id);
  }

  /** A message from the server: a new one, or the echo of one of the visitor's own. */
  fromServer(data: ServerMessage): Message {
    const order = this.#session * SESSION_SPAN + data.seq;
    const known =
      this.messages.find((m) => m.order === order) ??
      (data.client_id ? this.byClientId(data.client_id) : undefined);
    if (!known) return this.#insert({ ...data, order, key: `s${order}`, state: "sent" });
    Object.assign(known, data, { order, state: "sent" });
    if (this.#misplaced(known, order)) this.#move(known);
    return known;
  }

  /** What the visitor has just written; it has no number until the server has stored it. */
  fromVisitor({ id, text, button }: Item): Message {
    const at = new Date().toISOString();
    const message: Message = {
      author: "visitor",
      client_id: id,
      text,
      state: "sending",
      at,
      key: `c${id}`,
      ...(button && { button }),
    };
    this.messages.push(message);
    return message;
  }

  /** A line of the page itself, such as an honest word about an outage. */
  fromPage(text: string, buttons: Choice[] = []): Message {
    this.#localKeys += 1;
    const at = new Date().toISOString();
    const key = `p${this.#localKeys}`;
    const message: Message = { author: "system", text, buttons, at, local: true, key };
    this.messages.push(message);
    return message;
  }

  toEnd(message: Message): void {
    this.#remove(message);
    this.messages.push(message);
  }

  /** The key of the message below, or null for the last one. */
  keyAfter(message: Message): string | null {
    return this.messages[this.messages.indexOf(message) + 1]?.key ?? null;
  }

  #insert(message: Message): Message {
    let place = this.messages.length;
    for (; place > 0; place -= 1) {
      const other = this.messages[place - 1];
      if (!other || !belongsAbove(message, other)) break;
    }
    this.messages.splice(place, 0, message);
    return message;
  }

  #misplaced(message: Message, order: number): boolean {
    const below = this.messages.slice(this.messages.indexOf(message) + 1);
    return below.some((m) => m.order !== undefined && m.order < order);
  }

  #move(message: Message): void {
    this.#remove(message);
    this.#insert(message);
  }

  #remove(message: Message): void {
    this.messages.splice(this.messages.indexOf(message), 1);
  }
}

function belongsAbove(message: Message, other: Message): boolean {
  if (unsent(other)) return true;
  return other.order !== undefined && message.order !== undefined && other.order > message.order;
}
