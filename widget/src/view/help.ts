/** The numbers to call, in sight whatever happens in the chat. */

import { button, element, link } from "./dom";
import type { ServerSettings } from "./settings";
import type { Words } from "./texts";

export function helpLinks(words: Words, { hotline }: ServerSettings): HTMLUListElement {
  const shown = element("span", { class: "number", dir: "ltr", text: ` ${hotline.shown}` });
  const links: [string, string, ...Node[]][] = [
    [words.say("help_call_988"), "tel:988"],
    [words.say("help_text_988"), "sms:988"],
    [words.say("help_call_911"), "tel:911"],
    [words.say("help_hotline"), `tel:${hotline.tel}`, shown],
  ];
  const items = links.map(([text, href, ...more]) => {
    const made = link(text, href);
    made.append(...more);
    return element("li", {}, made);
  });
  return element("ul", {}, ...items);
}

export function helpBar(words: Words, settings: ServerSettings): HTMLElement {
  const title = words.say("help_title");
  const shown = element("p", { class: "help-title", text: title, "aria-hidden": "true" });
  return element("nav", { class: "help", "aria-label": title }, shown, helpLinks(words, settings));
}

/** The same beside the launcher, one press away; it opens no chat and stores nothing. */
export function helpButton(words: Words, settings: ServerSettings): HTMLElement {
  const list = helpLinks(words, settings);
  list.id = "help-now";
  list.hidden = true;
  const show = (on: boolean) => {
    list.hidden = !on;
    opener.setAttribute("aria-expanded", `${on}`);
  };
  const opener = button("help-opener", words.say("help_title"), () => show(list.hidden), {
    "aria-expanded": "false",
    "aria-controls": list.id,
  });
  const made = element("div", { class: "help" }, list, opener);
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    show(false);
    opener.focus();
  });
  return made;
}
