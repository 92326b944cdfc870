/**
 * Texts that the server cannot take: it still looks at each for danger, and answers that. No DOM.
 */

import type { ChatApi } from "./chat-api";
import type { Outcome } from "./outbox";
import type { Item, Link, Unstored } from "./types";

interface Options {
  api: ChatApi;
  newId: () => string;
  say: (lines: Unstored) => void;
  token: () => string | null;
}

export class Lookout {
  #options: Options;
  #last = "";

  constructor(options: Options) {
    this.#options = options;
  }

  /** One that is too long, however often the visitor tries to send it. */
  tooLong(text: string): void {
    const { newId, token } = this.#options;
    if (text !== this.#last) void this.#show({ id: newId(), text }, token());
    this.#last = text;
  }

  /** For the outbox: one that was written while no chat can be opened. */
  async withoutChat(item: Item, link: Link): Promise<Outcome> {
    return { result: "closed", reached: link === "unreachable" && (await this.#show(item, null)) };
  }

  /** Answers whether the server has seen it. */
  async #show(item: Item, token: string | null): Promise<boolean> {
    const { api, say } = this.#options;
    const refused = await api.postMessage(token, item).catch((error) => error);
    if (refused) say(refused);
    return refused?.status !== undefined;
  }
}
