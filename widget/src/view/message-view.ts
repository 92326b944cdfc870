/** What one message looks like. */

import type { Choice, Message, Source } from "../client/types";
import { button, element, focused, link } from "./dom";
import { ratingElement } from "./rating-view";
import { type Piece, pieces, safeLink } from "./rich-text";
import type { Words } from "./texts";

export interface Act {
  words: Words;
  /** The guide's address: its own pages are not the host's. */
  base: string;
  retry: (id: string) => void;
  choose: (choice: Choice) => void;
  /** Hands the visitor's own data to the browser as a file. */
  save: () => void;
  rate: (message: Message, helpful: boolean) => Promise<boolean>;
  announce: (words: string) => void;
}

/** A choice with this address is a file of one's own data; it needs the token, so it is no link. */
const OWN_DATA = "/chat/export";

// What the guide says of itself comes from its operator; that needs no note under every line.
const OPERATOR = "op";

/** The guide's own words are in English unless they say otherwise. */
const language = (message: Message) =>
  message.author === "guide" ? (message.language ?? "en") : message.language;

export function authorName(message: Message, words: Words): string {
  if (message.author === "visitor") return words.say("you");
  if (message.author === "guide") return words.say("guide");
  if (message.author !== "staff") return words.say("notice");
  const { name = words.say("staff"), role } = message;
  return role ? `${name} (${role})` : name;
}

export function messageElement(message: Message, act: Act): HTMLElement {
  const ids = ["author", "text"].map((part) => `${part}-${message.key}`);
  const made = element("div", {
    class: `message ${message.author}`,
    role: "article",
    tabindex: "-1",
    "aria-labelledby": ids.join(" "),
  });
  made.append(element("p", { class: "author", id: ids[0], text: authorName(message, act.words) }));
  made.append(textElement(message, `${ids[1]}`, act));
  const below = element("div", { class: "below" });
  if (!message.local) below.append(metaElement(message, act));
  const sources = (message.sources ?? []).filter((source) => source.name);
  if (sources.some((source) => source.id !== OPERATOR)) below.append(sourcesElement(sources, act));
  if (message.rateable) below.append(ratingElement(message, act));
  made.append(below);
  const choices = message.author === "visitor" ? [] : (message.buttons ?? []);
  if (choices.length) made.append(choicesElement(choices, message, act));
  return made;
}

/** Brings time, state and rating up to date; leaves the rest, and so the focus, alone. */
export function updateMessage(made: HTMLElement, message: Message, act: Act): void {
  for (const each of made.querySelectorAll<HTMLElement>(".rating button")) {
    each.setAttribute("aria-pressed", `${each.dataset.helpful === `${message.helpful}`}`);
  }
  const old = made.querySelector<HTMLElement>(".meta");
  const fresh = metaElement(message, act);
  if (!old || old.textContent === fresh.textContent) return;
  const state = old.querySelector<HTMLElement>(".state");
  const again = state?.querySelector("button");
  if (state && again && again === focused(made)) {
    // The pressed button stays in place until the focus has left it.
    const { words, again: more } = stateWords(message, act.words);
    state.dataset.state = `${message.state}`;
    if (state.firstChild) state.firstChild.textContent = `${words} `;
    again.setAttribute("aria-disabled", `${!more}`);
    const later = () => queueMicrotask(() => updateMessage(made, message, act));
    again.addEventListener("blur", later, { once: true });
  } else {
    old.replaceWith(fresh);
  }
}

/** After use, choices stay readable; they leave the tab order, and pressing does nothing. */
export function settleChoices(made: HTMLElement, words: Words, chosen?: string): void {
  for (const each of made.querySelectorAll<HTMLElement>(".choices button:not(.save)")) {
    each.setAttribute("aria-disabled", "true");
    each.tabIndex = -1;
    if (chosen !== each.dataset.text || each.classList.contains("chosen")) continue;
    each.classList.add("chosen");
    each.append(element("span", { class: "unseen", text: ` ${words.say("chosen")}` }));
  }
}

/** A payload that is no label is what the visitor would have typed. */
export function choiceMessage({ title, payload = title }: Choice): {
  text: string;
  button?: string;
} {
  return payload.startsWith("/") ? { text: title, button: payload } : { text: payload };
}

function textElement(message: Message, id: string, { base }: Act): HTMLElement {
  const made = element("div", { class: "text", id, dir: "auto", lang: language(message) });
  if (message.author === "visitor") made.textContent = message.text;
  else made.append(...pieces(message.text).map((piece) => pieceNode(piece, base)));
  return made;
}

function pieceNode({ text, href, whole }: Piece, base: string): Node | string {
  if (whole) return element("span", { class: "whole", text });
  return href ? link(text, absolute(href, base)) : text;
}

const absolute = (href: string, base: string) => (href.startsWith("/") ? base + href : href);

function sourcesElement(sources: Source[], { words }: Act): HTMLElement {
  const items = sources.map(({ name, url }) => {
    const href = safeLink(url);
    return element("li", { lang: "en" }, href ? link(name, href) : name);
  });
  const summary = element("summary", { text: words.say("sources") });
  return element("details", { class: "sources" }, summary, element("ul", {}, ...items));
}

function metaElement(message: Message, act: Act): HTMLElement {
  const made = element("p", { class: "meta" });
  const at = new Date(message.at);
  if (!Number.isNaN(at.getTime())) {
    const text = shownTime(at, act.words.code);
    made.append(element("time", { datetime: at.toISOString(), text }));
  }
  if (message.author === "visitor") made.append(stateElement(message, act));
  return made;
}

/** The time alone on the day itself. */
function shownTime(at: Date, code: string): string {
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : ({ month: "short", day: "numeric" } as const);
  return at.toLocaleString(code, { ...day, hour: "numeric", minute: "2-digit" });
}

function stateWords(message: Message, words: Words): { words: string; again?: string } {
  const state = message.state ?? "sent";
  if (state === "sending" || state === "sent") return { words: words.say(state) };
  return { words: words.say(state), again: words.say(`${state}_again`) };
}

function stateElement(message: Message, act: Act): HTMLElement {
  const { words, again } = stateWords(message, act.words);
  const made = element("span", {
    class: "state",
    "data-state": message.state,
    text: `${words} `,
  });
  const retry = () => act.retry(message.client_id ?? "");
  if (again) made.append(button("again", again, retry));
  return made;
}

function choicesElement(choices: Choice[], message: Message, act: Act): HTMLElement {
  const label = act.words.say("choices");
  const group = element("div", { class: "choices", role: "group", "aria-label": label });
  const lang = language(message);
  for (const choice of choices) {
    const href = safeLink(choice.url);
    const shown = { lang, dir: "auto" };
    if (choice.url === OWN_DATA) group.append(button("save", choice.title, act.save, shown));
    else if (href) group.append(link(choice.title, absolute(href, act.base), shown));
    else if (!choice.url) group.append(choiceButton(choice, act, shown));
  }
  return group;
}

function choiceButton(choice: Choice, act: Act, shown: Record<string, string | undefined>) {
  const press = (made: HTMLElement) => {
    if (made.getAttribute("aria-disabled") !== "true") act.choose(choice);
  };
  const words = choiceMessage(choice).text;
  return button("choice", choice.title, press, { "data-text": words, ...shown });
}
