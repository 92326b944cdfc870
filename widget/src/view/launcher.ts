/** What stands in the corner while the chat is closed. */

import { button, element, icon } from "./dom";
import { helpButton } from "./help";
import type { WindowSettings } from "./settings";
import type { Words } from "./texts";

export class Launcher {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  #words: Words;
  #badge = element("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  #count = element("span", { class: "unseen" });
  #status = element("div", { class: "unseen", role: "status" });

  constructor(settings: WindowSettings, words: Words, open: () => void) {
    this.#words = words;
    this.button = button("launch", "", open, { "aria-haspopup": "dialog" });
    const label = element("span", { text: settings.label ?? words.say("launch") });
    this.button.append(icon("chat"), label, this.#badge, this.#count);
    this.element = element(
      "aside",
      { class: "launcher", lang: words.code, "aria-label": words.say("title") },
      helpButton(words, settings),
      this.button,
      this.#status,
    );
  }

  /** How many messages came while the chat was closed; never what they say. */
  showUnread(count: number): void {
    const text = count === 1 ? this.#words.say("unread_one") : this.#words.say("unread", { count });
    this.#badge.hidden = !count;
    this.#badge.textContent = `${count}`;
    this.#count.textContent = count ? ` (${text})` : "";
    this.#status.textContent = count ? text : "";
  }
}
