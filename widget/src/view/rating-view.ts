/** "Did this help?" under an answer. */

import type { Message } from "../client/types";
import { button, element } from "./dom";
import type { Act } from "./message-view";

export function ratingElement(message: Message, act: Act): HTMLElement {
  const { words } = act;
  const label = words.say("rating");
  const made = element("div", { class: "rating", role: "group", "aria-label": label });
  made.append(element("span", { text: label, "aria-hidden": "true" }));
  const rate = async (helpful: boolean) => {
    const stored = await act.rate(message, helpful);
    act.announce(words.say(stored ? "rating_thanks" : "rating_failed"));
    made.classList.toggle("failed", !stored);
  };
  for (const helpful of [true, false]) {
    const text = words.say(helpful ? "helpful" : "not_helpful");
    made.append(
      button("quiet", text, () => void rate(helpful), {
        "data-helpful": `${helpful}`,
        "aria-pressed": `${message.helpful === helpful}`,
      }),
    );
  }
  made.append(element("span", { class: "failure", text: words.say("rating_failed") }));
  return made;
}
