/** What the visitor has written and the server has not stored yet: sent once, in order. No DOM. */

import { Pause, backOff } from "./pause";
import type { Item, ItemState } from "./types";

/** `reached` says that the server has seen it. */
export interface Outcome {
  result: "sent" | "later" | "refused" | "closed";
  reached?: boolean;
  seconds?: number | undefined;
}

interface Options {
  post: (item: Item) => Promise<Outcome>;
  save: () => void;
  changed: (item: Item, state: ItemState) => void;
}

export class Outbox {
  items: Item[] = [];
  #options: Options;
  #pause = new Pause();
  #shown = new Set<string>();
  #busy = false;
  #failures = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  has(id: string): boolean {
    return this.items.some((item) => item.id === id);
  }

  add(item: Item): void {
    this.items.push(item);
    this.#options.save();
    void this.flush();
  }

  restore(items: Item[]): void {
    this.items = items;
  }

  /** The server's history already has this one, so it must not go again. */
  drop(id: string): void {
    if (!this.has(id)) return;
    this.items = this.items.filter((item) => item.id !== id);
    this.#options.save();
  }

  markWaiting(): void {
    for (const item of this.items) this.#options.changed(item, "waiting");
  }

  clear(): void {
    this.items = [];
    this.#pause.end();
  }

  /** Sends what waits; called again while it is at work, it only cuts the waiting short. */
  async flush(): Promise<void> {
    if (this.#busy) return this.#pause.end();
    this.#busy = true;
    try {
      for (let item = this.items[0]; item; item = this.items[0]) {
        if (!(await this.#sendFirst(item))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** False when there is no session to send in; whoever opens one calls flush() again. */
  async #sendFirst(item: Item): Promise<boolean> {
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
  async #showTheRest(): Promise<void> {
    for (const item of this.items.filter(({ id }) => !this.#shown.has(id))) await this.#send(item);
  }

  async #send(item: Item): Promise<Outcome> {
    this.#shown.add(item.id);
    this.#options.changed(item, "sending");
    const outcome = await this.#options.post(item);
    if ((outcome.result === "sent" || outcome.result === "refused") && this.has(item.id)) {
      this.drop(item.id);
      this.#options.changed(item, outcome.result);
    }
    return outcome;
  }

  async #wait(item: Item, seconds?: number): Promise<void> {
    if (!this.has(item.id)) return;
    this.markWaiting();
    this.#failures += 1;
    await this.#pause.wait(seconds ?? backOff(this.#failures));
  }
}
