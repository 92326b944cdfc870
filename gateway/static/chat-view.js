// The chat on the page: shows what the client tells, hands on what the visitor does.

import {
  authorName,
  buttonMessage,
  element,
  messageElement,
  personName,
  settleChoices,
  updateMessage,
} from "./message-view.js";

const NEAR_END_PIXELS = 80;
const SPOKEN_LINES = 4;
const LONGEST_TEXT = 6000; // What the server takes.
const BURST_MS = 8000; // Answers that come together are read from the first one on.
const FILE_NAME = "my-chat.txt";
const FILE_MS = 60_000; // By then the browser has read it.
const BACK = { title: "Back to the guide", payload: "/back_to_guide" };
const SLOW_LINK_MS = 1500; // A short break mends itself; saying so would only alarm.

export class ChatView {
  #root;
  #client;
  #part = {};
  #elements = new Map();
  #spoken = new Set();
  #openChoices = null;
  #anchor = null;
  #asked = null;
  #arrivedAt = 0;
  #linkTimer = 0;
  #act;

  constructor(root, client) {
    this.#root = root;
    this.#client = client;
    for (const part of root.querySelectorAll("[data-part]")) {
      this.#part[part.dataset.part] = part;
    }
    this.#act = {
      retry: (id) => client.retry(id),
      choose: (choice) => this.#choose(choice),
      save: () => this.#save(),
    };
    this.#wire();
    client.listen((event) => this.#on[event.kind]?.(event));
    this.#showPhase("idle");
  }

  #on = {
    phase: ({ phase }) => this.#showPhase(phase),
    message: (event) => this.#showMessage(event),
    cleared: () => this.#clear(),
    typing: ({ on }) => this.#showTyping(on),
    link: ({ link }) => this.#showLink(link),
  };

  #wire() {
    const { start, form, text, log, newer, size, back, end, endDialog } = this.#part;
    start.addEventListener("click", () => {
      this.#client.start();
      this.#home.focus();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sendTyped();
    });
    text.addEventListener("keydown", (event) => this.#key(event));
    text.addEventListener("input", () => this.#fitText());
    log.addEventListener("scroll", () => this.#scrolled());
    newer.addEventListener("click", () => this.#toEnd());
    size.addEventListener("click", () => this.#setLarge(!this.#isLarge));
    back.addEventListener("click", () => {
      this.#choose(BACK);
      this.#home.focus();
    });
    end.addEventListener("click", () => endDialog.showModal());
    endDialog.addEventListener("close", () => {
      if (endDialog.returnValue === "end") {
        this.#client.end();
        start.focus();
      }
      endDialog.returnValue = "";
    });
  }

  /** Where the focus belongs between turns: on a touch screen a keyboard would cover the talk. */
  get #home() {
    return matchMedia("(pointer: coarse)").matches ? this.#part.log : this.#part.text;
  }

  #key(event) {
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key !== "Enter" || !plain || event.isComposing) return;
    event.preventDefault();
    this.#sendTyped();
  }

  #sendTyped() {
    const { text, tooLong } = this.#part;
    const words = text.value.trim();
    tooLong.hidden = words.length <= LONGEST_TEXT;
    if (!tooLong.hidden) this.#client.lookout.tooLong(words);
    if (!words || !tooLong.hidden) return;
    text.value = "";
    this.#fitText();
    this.#anchor = null;
    this.#client.send(words);
  }

  #choose(choice) {
    const { text, button } = buttonMessage(choice);
    this.#anchor = null;
    this.#client.send(text, button);
  }

  /** Hands the visitor's own data to the browser as a file. */
  async #save() {
    const text = await this.#client.ownData();
    if (text === null) return;
    const href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    element("a", { href, download: FILE_NAME }).click();
    setTimeout(() => URL.revokeObjectURL(href), FILE_MS);
  }

  #showPhase(phase) {
    const open = phase === "open";
    for (const name of ["panel", "size", "end"]) this.#part[name].hidden = !open;
    this.#part.intro.hidden = open;
    this.#part.loading.hidden = true;
    this.#setLarge(open);
    if (!open) this.#showLink("connecting");
  }

  /** On a phone the open chat takes the whole screen; the style sheet decides. */
  #setLarge(large) {
    document.body.classList.toggle("chatting", large);
    this.#part.size.textContent = large ? "Show page" : "Chat only";
    if (!this.#part.panel.hidden) this.#toEnd();
  }

  get #isLarge() {
    return document.body.classList.contains("chatting");
  }

  #showMessage({ message, past, before }) {
    const { log, typing, newer } = this.#part;
    const atEnd = this.#nearEnd;
    const known = this.#elements.get(message.key);
    const made = known ?? messageElement(message, this.#act);
    if (known) updateMessage(known, message, this.#act);
    this.#elements.set(message.key, made);
    const next = this.#elements.get(before) ?? typing;
    if (made.nextElementSibling !== next) log.insertBefore(made, next);
    if (!known) this.#arrived(message, made, past);
    this.#showOwner();
    if (!past) this.#speak(message, !known);
    if (past) this.#toEnd();
    else if (atEnd || (!known && message.author === "visitor")) this.#follow();
    else if (!known) newer.hidden = false;
  }

  /** Who answers is always in sight. */
  #showOwner() {
    const { owner, name, role } = this.#client.transcript.owner ?? {};
    const person = owner === "staff";
    const words = name ? `A person: ${personName({ name, role })}` : "A person on our staff";
    this.#part.who.textContent = person ? words : "Automated, not a person";
    this.#part.back.hidden = !person;
  }

  #arrived(message, made, past) {
    if (message.author === "visitor") {
      this.#settle(message.text);
      this.#asked = made;
      return;
    }
    if (past || Date.now() - this.#arrivedAt > BURST_MS) this.#anchor = null;
    this.#arrivedAt = Date.now();
    this.#anchor ??= made;
    if (!made.querySelector(".choices button")) return;
    this.#settle();
    this.#openChoices = made;
  }

  #settle(chosen) {
    const pressed = this.#openChoices?.contains(document.activeElement);
    if (this.#openChoices) settleChoices(this.#openChoices, chosen);
    if (pressed) this.#home.focus();
    this.#openChoices = null;
  }

  /** Follows the talk, but never scrolls the start of an unread answer out of sight. */
  #follow() {
    const { log } = this.#part;
    const top = (part) => part.getBoundingClientRect().top;
    const end = log.scrollHeight - log.clientHeight;
    const first = this.#firstToRead;
    const start = first ? log.scrollTop + top(first) - top(log) - 8 : end;
    log.scrollTop = Math.max(log.scrollTop, Math.min(end, start));
    this.#scrolled();
  }

  /** The answer, with one's own line above it unless that would cost the sight of the buttons. */
  get #firstToRead() {
    const own = this.#anchor?.previousElementSibling;
    const short = own === this.#asked && own?.offsetHeight < this.#part.log.clientHeight / 3;
    const costs = this.#fitsFrom(this.#anchor) && !this.#fitsFrom(own);
    return short && !costs ? own : this.#anchor;
  }

  /** Can everything from this message on be seen at once? The blank below the last one need not. */
  #fitsFrom(message) {
    const { log, typing } = this.#part;
    const last = typing.previousElementSibling;
    if (!message || !last) return false;
    const height = last.getBoundingClientRect().bottom - message.getBoundingClientRect().top;
    return height + 8 <= log.clientHeight;
  }

  #toEnd() {
    const { log } = this.#part;
    log.scrollTop = log.scrollHeight;
  }

  get #nearEnd() {
    const { log } = this.#part;
    return log.scrollHeight - log.clientHeight - log.scrollTop < NEAR_END_PIXELS;
  }

  #scrolled() {
    this.#part.newer.hidden = this.#nearEnd;
  }

  /** The live region is apart from the transcript: each message is spoken once. */
  #speak(message, isNew) {
    const waiting = message.state === "waiting" || message.state === "refused";
    if (message.author === "visitor" && !waiting) return;
    const key = `${message.key} ${waiting ? message.state : ""}`;
    if (this.#spoken.has(key) || (!isNew && !waiting)) return;
    this.#spoken.add(key);
    const titles = (message.buttons ?? []).map((button) => button.title);
    const choices = titles.length ? ` Quick replies: ${titles.join(", ")}.` : "";
    const words = waiting ? "Your message is not sent yet." : message.text + choices;
    const { live } = this.#part;
    const lang = waiting ? undefined : message.language;
    live.append(element("p", { lang, text: waiting ? words : `${authorName(message)}: ${words}` }));
    while (live.children.length > SPOKEN_LINES) live.firstElementChild.remove();
  }

  #showTyping(on) {
    const atEnd = this.#nearEnd;
    this.#part.typing.hidden = !on;
    if (on && atEnd) this.#follow();
  }

  #showLink(link) {
    clearTimeout(this.#linkTimer);
    const { offline, unreachable } = this.#part;
    const show = () => {
      offline.hidden = link !== "offline";
      unreachable.hidden = link !== "unreachable";
    };
    if (link === "unreachable" && unreachable.hidden) {
      this.#linkTimer = setTimeout(show, SLOW_LINK_MS);
    } else if (link !== "connecting" || this.#client.phase === "idle") {
      show();
    }
  }

  #fitText() {
    const { text } = this.#part;
    text.rows = 1;
    while (text.rows < 5 && text.scrollHeight > text.clientHeight) text.rows += 1;
  }

  #clear() {
    const { log, live, typing, newer } = this.#part;
    log.replaceChildren(typing);
    live.replaceChildren();
    newer.hidden = true;
    this.#showOwner();
    this.#elements.clear();
    this.#spoken.clear();
    this.#openChoices = this.#anchor = this.#asked = null;
  }
}
