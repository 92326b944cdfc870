/** Questions that are asked before something cannot be undone. The numbers stand in each. */

import { button, element, link } from "./dom";
import type { Words } from "./texts";

export interface Question {
  name: "end" | "forget" | "save";
  /** What "yes" does; a text that comes back says why it could not be done. */
  yes: () => Promise<string | void> | void;
  /** Puts the focus where it belongs once the question is gone. */
  back: () => void;
}

export function ask(inside: HTMLElement, words: Words, { name, yes, back }: Question): void {
  const title = `${name}-title`;
  const failure = element("p", { class: "failure", role: "alert" });
  const numbers = element("p", { text: `${words.say("dialog_danger")} ` });
  numbers.append(link(words.say("help_call_988"), "tel:988"), " · ");
  numbers.append(link(words.say("help_text_988"), "sms:988"), " · ");
  numbers.append(link(words.say("help_call_911"), "tel:911"));
  const made = element("dialog", { class: "question", "aria-labelledby": title });
  const close = () => made.close();
  const agree = async () => {
    const problem = await yes();
    failure.textContent = problem ?? "";
    if (!problem) close();
  };
  made.append(
    element("h3", { id: title, text: words.say(title.replace("-", "_")) }),
    element("p", { text: words.say(`${name}_text`) }),
    numbers,
    failure,
    element(
      "div",
      { class: "dialog-row" },
      button("quiet", words.say(name === "save" ? "save_no" : "end_no"), close, { autofocus: "" }),
      button("primary", words.say(`${name}_yes`), () => void agree()),
    ),
  );
  made.addEventListener("close", () => {
    made.remove();
    back();
  });
  inside.append(made);
  made.showModal();
}
