/** The live region, apart from the transcript: each message is spoken once, and focus stays. */

import type { Message } from "../client/types";
import { element } from "./dom";
import { authorName } from "./message-view";
import type { Words } from "./texts";

const SPOKEN_LINES = 4;

export class Announcer {
  readonly element = element("div", { class: "unseen", "aria-live": "polite", "data-part": "live" });
  #words: Words;
  #spoken = new Set<string>();

  constructor(words: Words) {
    this.#words = words;
  }

  say(text: string, lang?: string): void {
    this.element.append(element("p", { lang, text }));
    while (this.element.children.length > SPOKEN_LINES) this.element.firstElementChild?.remove();
  }

  message(message: Message, isNew: boolean): void {
    const waiting = message.state === "waiting" || message.state === "refused";
    if (message.author === "visitor" && !waiting) return;
    const key = `${message.key} ${waiting ? message.state : ""}`;
    if (this.#spoken.has(key) || (!isNew && !waiting)) return;
    this.#spoken.add(key);
    if (waiting) return this.say(this.#words.say("waiting_spoken"));
    const titles = (message.buttons ?? []).map((choice) => choice.title);
    const choices = titles.length ? ` ${this.#words.say("choices")}: ${titles.join(", ")}.` : "";
    this.say(`${authorName(message, this.#words)}: ${message.text}${choices}`, message.language);
  }

  clear(): void {
    this.element.replaceChildren();
    this.#spoken.clear();
  }
}
