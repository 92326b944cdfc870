// What the visitor has written and the server has not stored yet: sent once, in order. No DOM.

import { Pause, backOff } from "./pause.js";

/**
 * `post(item)` answers {result: "sent" | "later" | "refused" | "closed", reached?, seconds?};
 * `reached` says that the server has seen it.
 * `changed(item, state)` hears "sending", "waiting", "refused" or "sent".
 */
export class Outbox {
  items = [];
  #post;
  #save;
  #changed;
  #pause = new Pause();
  #shown = new Set();
  #busy = false;
  #failures = 0;

  constructor({ post, save, changed }) {
    this.#post = post;
    this.#save = save;
    this.#changed = changed;
  }

  get isEmpty() {
    return this.items.length === 0;
  }

  has(id) {
    return this.items.some((item) => item.id === id);
  }

  add(item) {
    this.items.push(item);
    this.#save(this.items);
    this.flush();
  }

  restore(items) {
    this.items = items;
  }

  /** The server's history already has this one, so it must not go again. */
  drop(id) {
    if (!this.has(id)) return;
    this.items = this.items.filter((item) => item.id !== id);
    this.#save(this.items);
  }

  markWaiting() {
    for (const item of this.items) this.#changed(item, "waiting");
  }

  clear() {
    this.items = [];
    this.#pause.end();
  }

  /** Sends what waits; called again while it is at work, it only cuts the waiting short. */
  async flush() {
    if (this.#busy) return this.#pause.end();
    this.#busy = true;
    try {
      while (!this.isEmpty && (await this.#sendFirst()));
    } finally {
      this.#busy = false;
    }
  }

  /** False when there is no session to send in; whoever opens one calls flush() again. */
  async #sendFirst() {
    const item = this.items[0];
    const { result, reached, seconds } = await this.#send(item);
    if (result === "closed") {
      if (reached) await this.#showTheRest();
      return false;
    }
    if (result === "later") {
      if (reached) await this.#showTheRest();
      await this.#wait(item, seconds);
    } else {
      this.#failures = 0;
    }
    return true;
  }

  /** A server that can take nothing still screens each text for danger, so it sees each once. */
  async #showTheRest() {
    for (const item of this.items.filter(({ id }) => !this.#shown.has(id))) await this.#send(item);
  }

  async #send(item) {
    this.#shown.add(item.id);
    this.#changed(item, "sending");
    const outcome = await this.#post(item);
    const settled = outcome.result === "sent" || outcome.result === "refused";
    if (settled && this.has(item.id)) {
      this.drop(item.id);
      this.#changed(item, outcome.result);
    }
    return outcome;
  }

  async #wait(item, seconds) {
    if (!this.has(item.id)) return;
    this.markWaiting();
    this.#failures += 1;
    await this.#pause.wait(seconds ?? backOff(this.#failures));
  }
}
