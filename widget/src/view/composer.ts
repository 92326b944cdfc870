/** Where the visitor writes. */

import { element } from "./dom";
import type { Words } from "./texts";

const LONGEST_TEXT = 6000; // What the server takes.
const MOST_ROWS = 5;

export class Composer {
  readonly form: HTMLFormElement;
  readonly text: HTMLTextAreaElement;
  #tooLong: HTMLElement;
  #send: (words: string) => void;
  #refuse: (words: string) => void;
  #writes: () => void;

  constructor(
    words: Words,
    send: (words: string) => void,
    refuse: (words: string) => void,
    writes: () => void,
  ) {
    this.#writes = writes;
    this.#send = send;
    this.#refuse = refuse;
    this.#tooLong = element("p", { id: "too-long", class: "too-long", role: "alert", hidden: "" });
    this.#tooLong.textContent = words.say("too_long");
    this.text = element("textarea", {
      id: "chat-text",
      rows: "1",
      dir: "auto",
      enterkeyhint: "send",
      autocomplete: "off",
      "aria-describedby": "too-long",
    });
    const label = element("label", { for: "chat-text", text: words.say("your_message") });
    const submit = element("button", { type: "submit", class: "primary", text: words.say("send") });
    const row = element("div", { class: "row" }, this.text, submit);
    this.form = element("form", { class: "composer" }, label, this.#tooLong, row);
    this.#wire();
  }

  get draft(): string {
    return this.text.value;
  }

  set draft(words: string) {
    this.text.value = words;
    this.#fit();
  }

  #wire(): void {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sendTyped();
    });
    this.text.addEventListener("input", () => {
      this.#fit();
      this.#writes();
    });
    this.text.addEventListener("keydown", (event) => {
      const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
      if (event.key !== "Enter" || !plain || event.isComposing) return;
      event.preventDefault();
      this.#sendTyped();
    });
  }

  #sendTyped(): void {
    const words = this.draft.trim();
    const tooLong = words.length > LONGEST_TEXT;
    this.#tooLong.hidden = !tooLong;
    if (tooLong) return this.#refuse(words);
    if (!words) return;
    this.draft = "";
    this.#send(words);
  }

  #fit(): void {
    const { text } = this;
    text.rows = 1;
    while (text.rows < MOST_ROWS && text.scrollHeight > text.clientHeight) text.rows += 1;
  }
}
