// The messages of a chat in the order in which the visitor should read them. No DOM.

// Numbers start again with each session; this keeps an earlier session's messages above.
const SESSION_SPAN = 1_000_000;

const unsent = (message) => message.author === "visitor" && message.state !== "sent";

export class Transcript {
  messages = [];
  #session = 0;
  #localKeys = 0;

  /** The highest number seen in this session: where the event stream resumes. */
  get lastSeq() {
    const base = this.#session * SESSION_SPAN;
    return this.messages.reduce((last, m) => Math.max(last, (m.order ?? 0) - base), 0);
  }

  get isEmpty() {
    return this.messages.length === 0;
  }

  /** The message that says who answers now; undefined as long as the guide always has. */
  get owner() {
    const base = this.#session * SESSION_SPAN;
    return this.messages.findLast((m) => m.owner && m.order > base);
  }

  newSession() {
    this.#session += 1;
  }

  clear() {
    this.messages = [];
  }

  byClientId(id) {
    return this.messages.find((m) => m.author === "visitor" && m.client_id === id);
  }

  /** A message from the server: a new one, or the echo of one of the visitor's own. */
  fromServer(data) {
    const order = this.#session * SESSION_SPAN + data.seq;
    const known =
      this.messages.find((m) => m.order === order) ??
      (data.client_id ? this.byClientId(data.client_id) : undefined);
    if (!known) return this.#insert({ ...data, order, key: `s${order}`, state: "sent" });
    Object.assign(known, data, { order, state: "sent" });
    if (this.#misplaced(known)) this.#move(known);
    return known;
  }

  /** What the visitor has just written; it has no number until the server has stored it. */
  fromVisitor({ id, text, button, state = "sending" }) {
    const at = new Date().toISOString();
    const message = { author: "visitor", client_id: id, text, button, state, at, key: `c${id}` };
    this.messages.push(message);
    return message;
  }

  /** A line of the page itself, such as an honest word about an outage. */
  fromPage(text, buttons = []) {
    this.#localKeys += 1;
    const at = new Date().toISOString();
    const message = { author: "system", text, buttons, at, local: true };
    message.key = `p${this.#localKeys}`;
    this.messages.push(message);
    return message;
  }

  toEnd(message) {
    this.#remove(message);
    this.messages.push(message);
  }

  /** The key of the message below, or null for the last one. */
  keyAfter(message) {
    return this.messages[this.messages.indexOf(message) + 1]?.key ?? null;
  }

  #insert(message) {
    let place = this.messages.length;
    while (place > 0 && this.#belongsAbove(message, this.messages[place - 1])) place -= 1;
    this.messages.splice(place, 0, message);
    return message;
  }

  #belongsAbove(message, other) {
    return unsent(other) || (other.order !== undefined && other.order > message.order);
  }

  #misplaced(message) {
    const below = this.messages.slice(this.messages.indexOf(message) + 1);
    return below.some((m) => m.order !== undefined && m.order < message.order);
  }

  #move(message) {
    this.#remove(message);
    this.#insert(message);
  }

  #remove(message) {
    this.messages.splice(this.messages.indexOf(message), 1);
  }
}
