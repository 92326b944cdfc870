// Builds what one message looks like. Words reach the page as text nodes only, never as HTML.

import { pieces, safeLink } from "./rich-text.js";

const NAMES = { guide: "Guide (automated)", staff: "Staff", visitor: "You", system: "Notice" };

// What the guide says of itself comes from its operator; that needs no note under every line.
const OPERATOR = "op";

/** A choice with this address is a file of one's own data; it needs the token, so it is no link. */
const OWN_DATA = "/chat/export";

const STATES = {
  sending: { words: "Sending…" },
  sent: { words: "Sent" },
  waiting: { words: "Not sent yet. Trying again.", again: "Try now" },
  refused: { words: "Not sent.", again: "Try again" },
};

export function authorName({ author, name, role }) {
  if (author === "staff" && name) return personName({ name, role });
  return NAMES[author] ?? NAMES.system;
}

export const personName = ({ name, role }) => (role ? `${name} (${role})` : name);

export function element(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

/** The message's element. `act` has retry(id), choose(button) and save(). */
export function messageElement(message, act) {
  const author = message.author in NAMES ? message.author : "system";
  const made = element("div", { class: `message ${author}`, "data-key": message.key });
  made.append(element("p", { class: "author", text: authorName(message) }));
  made.append(textElement(message));
  const sources = (message.sources ?? []).filter((source) => source.name);
  if (!message.local) made.append(metaElement(message, act));
  if (sources.some((source) => source.id !== OPERATOR)) made.append(sourcesElement(sources));
  const choices = message.author === "visitor" ? [] : (message.buttons ?? []);
  if (choices.length) made.append(choicesElement(choices, message.language, act));
  return made;
}

/** Brings time and state up to date; leaves the rest, and so the focus, alone. */
export function updateMessage(made, message, act) {
  const old = made.querySelector(":scope > .meta");
  const fresh = metaElement(message, act);
  if (!old || old.textContent === fresh.textContent) return;
  const state = old.querySelector(".state");
  const again = state?.querySelector("button");
  if (again && again === document.activeElement) {
    // The pressed button stays in place until the focus has left it.
    state.dataset.state = message.state;
    state.firstChild.textContent = `${STATES[message.state].words} `;
    again.setAttribute("aria-disabled", `${!STATES[message.state].again}`);
    const later = () => queueMicrotask(() => updateMessage(made, message, act));
    again.addEventListener("blur", later, { once: true });
  } else {
    old.replaceWith(fresh);
  }
}

/** After use, choices stay readable; they leave the tab order, and pressing does nothing. */
export function settleChoices(made, chosen) {
  for (const button of made.querySelectorAll(".choices button:not(.save)")) {
    button.setAttribute("aria-disabled", "true");
    button.tabIndex = -1;
    if (chosen !== button.dataset.text || button.classList.contains("chosen")) continue;
    button.classList.add("chosen");
    button.append(element("span", { class: "visually-hidden", text: " (chosen)" }));
  }
}

/** A payload that is no label is what the visitor would have typed. */
export function buttonMessage(choice) {
  const { title } = choice;
  const payload = choice.payload ?? title;
  return payload.startsWith("/") ? { text: title, button: payload } : { text: payload };
}

function textElement(message) {
  const made = element("div", { class: "text", lang: message.language });
  if (message.author === "visitor") made.textContent = message.text;
  else made.append(...pieces(message.text).map(pieceNode));
  return made;
}

function pieceNode({ text, href, whole }) {
  if (whole) return element("span", { class: "whole", text });
  return href ? link(text, href) : document.createTextNode(text);
}

function link(text, href) {
  const away = !/^(tel|sms):/i.test(href); // A page of this site too: the chat stays open here.
  const apart = away ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return element("a", { text, href, ...apart });
}

function sourcesElement(sources) {
  const items = sources.map(({ name, url }) => {
    const href = safeLink(url);
    return element("li", {}, href ? link(name, href) : name);
  });
  const summary = element("summary", { text: "Where is this from?" });
  return element("details", { class: "sources" }, summary, element("ul", {}, ...items));
}

function metaElement(message, act) {
  const made = element("p", { class: "meta" });
  const at = new Date(message.at);
  if (!Number.isNaN(at.getTime())) {
    const words = at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
    made.append(element("time", { datetime: at.toISOString(), text: words }));
  }
  if (message.author === "visitor") made.append(stateElement(message, act));
  return made;
}

function stateElement(message, act) {
  const { words, again } = STATES[message.state] ?? STATES.sent;
  const made = element("span", { class: "state", "data-state": message.state, text: `${words} ` });
  if (again) {
    const button = element("button", { type: "button", class: "again", text: again });
    button.addEventListener("click", () => act.retry(message.client_id));
    made.append(button);
  }
  return made;
}

function choicesElement(choices, lang, act) {
  const group = element("div", { class: "choices", role: "group", "aria-label": "Quick replies" });
  for (const choice of choices) {
    const href = safeLink(choice.url);
    if (choice.url === OWN_DATA) group.append(saveButton(choice, act));
    else if (href) group.append(link(choice.title, href));
    else if (!choice.url) group.append(choiceButton(choice, act));
  }
  if (lang) for (const made of group.children) made.lang = lang;
  return group;
}

function saveButton(choice, act) {
  const made = element("button", { type: "button", class: "save", text: choice.title });
  made.addEventListener("click", () => act.save());
  return made;
}

function choiceButton(choice, act) {
  const words = buttonMessage(choice).text;
  const made = element("button", { type: "button", text: choice.title, "data-text": words });
  made.addEventListener("click", () => {
    if (made.getAttribute("aria-disabled") !== "true") act.choose(choice);
  });
  return made;
}
