/** Who is typing. The sign has an owner, and an end even where the word of it is lost. No DOM. */

import type { Author, Typing } from "./types";

const TYPING_SECONDS = 20;

export class TypingSign {
  now: Typing = { on: false, by: "guide" };
  #changed: (typing: Typing) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(changed: (typing: Typing) => void) {
    this.#changed = changed;
  }

  set(typing: Typing): void {
    clearTimeout(this.#timer);
    if (typing.on) this.#timer = setTimeout(() => this.end(), TYPING_SECONDS * 1000);
    if (!typing.on && !this.now.on) return;
    this.now = typing;
    this.#changed(typing);
  }

  end(): void {
    this.set({ ...this.now, on: false });
  }

  /** Somebody has said something: their own sign ends, another's does not. */
  said(author: Author): void {
    if (author === this.now.by) this.end();
  }
}
