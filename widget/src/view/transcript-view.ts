/** The transcript: what was said, where one has read to, the arrow keys. */

import type { Message, Typing } from "../client/types";
import { button, element, focused } from "./dom";
import { type Act, messageElement, settleChoices, updateMessage } from "./message-view";

const NEAR_END_PIXELS = 80;
const BURST_MS = 8000; // Answers that come together are read from the first one on.

const FOLLOWING = Node.DOCUMENT_POSITION_FOLLOWING;

export class TranscriptView {
  readonly log: HTMLElement;
  readonly newer: HTMLElement;
  #typing: HTMLElement;
  #typingWords = element("span");
  #act: Act;
  #elements = new Map<string, HTMLElement>();
  #openChoices: HTMLElement | null = null;
  #anchor: HTMLElement | null = null;
  #asked: HTMLElement | null = null;
  #arrivedAt = 0;

  constructor(act: Act) {
    this.#act = act;
    const { words } = act;
    const dots = element("span", { class: "dots", "aria-hidden": "true" });
    dots.append(element("i"), element("i"), element("i"));
    this.#typing = element("p", { class: "typing", hidden: "" }, this.#typingWords, " ", dots);
    this.log = element(
      "div",
      {
        class: "log",
        role: "log",
        "aria-live": "off",
        "aria-label": words.say("conversation"),
        "aria-description": words.say("conversation_hint"),
        tabindex: "0",
      },
      this.#typing,
    );
    this.newer = button("newer", `${words.say("more_below")} ↓`, () => this.toEnd(), {
      hidden: "",
    });
    this.log.addEventListener("scroll", () => this.#scrolled());
    this.log.addEventListener("keydown", (event) => this.#key(event));
  }

  show(message: Message, past: boolean, before: string | null): boolean {
    const atEnd = this.#nearEnd;
    const known = this.#elements.get(message.key);
    const made = known ?? messageElement(message, this.#act);
    if (known) updateMessage(known, message, this.#act);
    this.#elements.set(message.key, made);
    const next = (before && this.#elements.get(before)) || this.#typing;
    if (made.nextElementSibling !== next) this.log.insertBefore(made, next);
    if (!known) this.#arrived(message, made, past);
    if (past) this.toEnd();
    else if (atEnd || (!known && message.author === "visitor")) this.follow();
    else if (!known) this.newer.hidden = false;
    return !known;
  }

  element(message: Message): HTMLElement | undefined {
    return this.#elements.get(message.key);
  }

  showTyping({ on, by, name }: Typing): void {
    const atEnd = this.#nearEnd;
    const { words } = this.#act;
    const key = name ? "typing" : by === "staff" ? "typing_staff" : "typing_guide";
    this.#typingWords.textContent = words.say(key, name ? { name } : {});
    this.#typing.hidden = !on;
    if (on && atEnd) this.follow();
  }

  /** The visitor says something: what comes next is to be read from its start. */
  unanchor(): void {
    this.#anchor = null;
  }

  toEnd(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }

  clear(): void {
    this.log.replaceChildren(this.#typing);
    this.newer.hidden = true;
    this.#elements.clear();
    this.#openChoices = this.#anchor = this.#asked = null;
  }

  /** Follows the talk, but never scrolls the start of an unread answer out of sight. */
  follow(): void {
    const { log } = this;
    const top = (part: Element) => part.getBoundingClientRect().top;
    const end = log.scrollHeight - log.clientHeight;
    const first = this.#firstToRead;
    const start = first ? log.scrollTop + top(first) - top(log) - 8 : end;
    log.scrollTop = Math.max(log.scrollTop, Math.min(end, start));
    this.#scrolled();
  }

  #arrived(message: Message, made: HTMLElement, past: boolean): void {
    if (message.author === "visitor") {
      this.#settle(message.text);
      this.#asked = made;
      return;
    }
    if (past || Date.now() - this.#arrivedAt > BURST_MS) this.#anchor = null;
    this.#arrivedAt = Date.now();
    // What comes above one's own line is no answer to it.
    const above = this.#asked && made.compareDocumentPosition(this.#asked) & FOLLOWING;
    if (!above) this.#anchor ??= made;
    if (!made.querySelector(".choices button")) return;
    this.#settle();
    this.#openChoices = made;
  }

  #settle(chosen?: string): void {
    if (this.#openChoices) settleChoices(this.#openChoices, this.#act.words, chosen);
    this.#openChoices = null;
  }

  /** The answer, with one's own line above it unless that would cost the sight of the buttons. */
  get #firstToRead(): HTMLElement | null {
    const own = this.#anchor?.previousElementSibling;
    if (!(own instanceof HTMLElement)) return this.#anchor;
    const short = own === this.#asked && own.offsetHeight < this.log.clientHeight / 3;
    const costs = this.#fitsFrom(this.#anchor) && !this.#fitsFrom(own);
    return short && !costs ? own : this.#anchor;
  }

  /** Can everything from this message on be seen at once? The blank below the last one need not. */
  #fitsFrom(message: HTMLElement | null): boolean {
    const last = this.#typing.previousElementSibling;
    if (!message || !last) return false;
    const height = last.getBoundingClientRect().bottom - message.getBoundingClientRect().top;
    return height + 8 <= this.log.clientHeight;
  }

  get #nearEnd(): boolean {
    const { log } = this;
    return log.scrollHeight - log.clientHeight - log.scrollTop < NEAR_END_PIXELS;
  }

  #scrolled(): void {
    this.newer.hidden = this.#nearEnd;
  }

  /** From message to message; within one that is longer than the window, the keys scroll. */
  #key(event: KeyboardEvent): void {
    const messages = [...this.log.querySelectorAll<HTMLElement>(".message")];
    const here = messages.findIndex((message) => message === focused(this.log));
    if (here < 0 && focused(this.log) !== this.log) return;
    const wanted = {
      ArrowUp: here < 0 ? messages.length - 1 : here - 1,
      ArrowDown: here + 1,
      Home: 0,
      End: messages.length - 1,
    }[event.key];
    const next = wanted === undefined ? undefined : messages[wanted];
    if (!next || this.#hasMore(messages[here], event.key)) return;
    event.preventDefault();
    next.focus();
  }

  #hasMore(message: HTMLElement | undefined, key: string): boolean {
    if (!message) return false;
    const [own, all] = [message.getBoundingClientRect(), this.log.getBoundingClientRect()];
    if (key === "ArrowDown") return own.bottom > all.bottom + 4;
    return key === "ArrowUp" && own.top < all.top - 4;
  }
}
