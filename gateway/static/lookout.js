// Texts that the server cannot take: it still looks at each for danger, and answers that. No DOM.

export class Lookout {
  #api;
  #newId;
  #say;
  #token;
  #last = "";

  constructor({ api, newId, say, token }) {
    this.#api = api;
    this.#newId = newId;
    this.#say = say;
    this.#token = token;
  }

  /** One that is too long, however often the visitor tries to send it. */
  tooLong(text) {
    if (text !== this.#last) this.#show({ id: this.#newId(), text }, this.#token());
    this.#last = text;
  }

  /** For the outbox: one that was written while no chat can be opened. */
  async withoutChat(item, link) {
    return { result: "closed", reached: link === "unreachable" && (await this.#show(item, null)) };
  }

  /** Answers whether the server has seen it. */
  async #show(item, token) {
    const refused = await this.#api.postMessage(token, item).catch((error) => error);
    if (refused) this.#say(refused);
    return refused?.status !== undefined;
  }
}
