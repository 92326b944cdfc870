/** Says that there is no connection, once a break lasts. */

import type { Link } from "../client/types";
import { element } from "./dom";
import type { Words } from "./texts";

const SLOW_LINK_MS = 1500; // A short break mends itself; saying so would only alarm.

export class Notices {
  readonly element = element("div", { class: "notices", role: "status" });
  #parts: Record<"offline" | "unreachable", HTMLElement>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(words: Words) {
    const notice = (name: string) => {
      const title = element("strong", { text: words.say(`${name}_title`) });
      return element("p", { hidden: "" }, title, ` ${words.say(name)}`);
    };
    this.#parts = { offline: notice("offline"), unreachable: notice("unreachable") };
    this.element.append(this.#parts.offline, this.#parts.unreachable);
  }

  show(link: Link): void {
    clearTimeout(this.#timer);
    const { offline, unreachable } = this.#parts;
    const show = () => {
      offline.hidden = link !== "offline";
      unreachable.hidden = link !== "unreachable";
    };
    if (link === "unreachable" && unreachable.hidden) this.#timer = setTimeout(show, SLOW_LINK_MS);
    else if (link !== "connecting") show();
  }

  hide(): void {
    this.show("live");
  }
}
