/** The chat as one sees it: shows what the client tells, hands on what the visitor does. */

import type { ChatClient } from "../client/chat-client";
import type { ChatEvent, Choice, Message, Phase } from "../client/types";
import { Announcer } from "./announcer";
import { Composer } from "./composer";
import { type Question, ask } from "./dialogs";
import { button, element, icon } from "./dom";
import { helpBar } from "./help";
import { Menu } from "./menu";
import { type Act, authorName, choiceMessage } from "./message-view";
import { saveCopy, saveOwnData } from "./save";
import { Notices } from "./notices";
import type { WindowSettings } from "./settings";
import type { Words } from "./texts";
import { TranscriptView } from "./transcript-view";

const BACK = "/back_to_guide";
const WATCHED = new Set(["violence", "child"]);

export interface Around {
  exit: () => void;
  close: () => void;
  resize: (large: boolean) => void;
  language: (code: string) => void;
  sound: () => boolean;
  calm: () => boolean;
  state: { sound: boolean; calm: boolean };
}

export class ChatView {
  readonly element: HTMLElement;
  #client: ChatClient;
  #settings: WindowSettings;
  #words: Words;
  #around: Around;
  #announcer: Announcer;
  #transcript: TranscriptView;
  #composer: Composer;
  #menu: Menu;
  #intro: HTMLElement;
  #start: HTMLButtonElement;
  #panel: HTMLElement;
  #size: HTMLButtonElement;
  #notices: Notices;
  #who = element("p");
  #back: HTMLButtonElement;
  #large = false;
  #watchedShown = false;
  #deaf: () => void;

  constructor(client: ChatClient, settings: WindowSettings, words: Words, around: Around) {
    this.#client = client;
    this.#settings = settings;
    this.#words = words;
    this.#around = around;
    this.#announcer = new Announcer(words);
    this.#notices = new Notices(words);
    this.#transcript = new TranscriptView(this.#act);
    this.#composer = new Composer(
      words,
      (text) => this.#send(text),
      (text) => client.lookout.tooLong(text),
      () => client.writes(),
    );
    this.#size = button("quiet size", "", () => this.#setLarge(!this.#large));
    this.#menu = this.#makeMenu();
    this.#start = button("primary", words.say("start"), () => {
      client.start();
      this.home.focus();
    });
    const back = words.say("back");
    this.#back = button("quiet", back, () => this.#choose({ title: back, payload: BACK }));
    this.#intro = this.#makeIntro();
    this.#panel = this.#makePanel();
    this.element = this.#assemble();
    this.#deaf = client.listen((event) => this.#hear(event));
    this.#catchUp();
  }

  get #inline(): boolean {
    return this.#settings.inline !== undefined;
  }

  /** Where the focus belongs between turns: on a touch screen a keyboard would cover the talk. */
  get home(): HTMLElement {
    if (this.#panel.hidden) return this.#start;
    return matchMedia("(pointer: coarse)").matches ? this.#transcript.log : this.#composer.text;
  }

  get draft(): string {
    return this.#composer.draft;
  }

  set draft(words: string) {
    this.#composer.draft = words;
  }

  /** The window has become visible: what was spoken outside of it is not spoken again. */
  shown(): void {
    this.#announcer.clear();
    this.#transcript.toEnd();
  }

  remove(): void {
    this.#deaf();
    this.element.remove();
  }

  get #act(): Act {
    return {
      words: this.#words,
      base: this.#settings.base,
      retry: (id) => this.#client.retry(id),
      choose: (choice) => this.#choose(choice),
      save: () => this.#question("save", () => saveOwnData(this.#client.ownData(), this.#words)),
      rate: (message, helpful) => this.#client.rate(message, helpful),
      announce: (text) => this.#announcer.say(text),
    };
  }

  #makeMenu(): Menu {
    const { languages: all, base } = this.#settings;
    const languages = Object.entries(all).filter(([code]) => code !== this.#words.code);
    return new Menu(
      { words: this.#words, languages, safety: `${base}/safety`, ...this.#around.state },
      {
        save: () => this.#question("save", () => saveCopy(this.#client.transcript, this.#words)),
        end: () => this.#question("end", () => this.#client.end()),
        forget: () => this.#question("forget", () => this.#forget()),
        sound: this.#around.sound,
        calm: this.#around.calm,
        language: this.#around.language,
      },
    );
  }

  #question(name: Question["name"], yes: Question["yes"]): void {
    ask(this.element, this.#words, { name, yes, back: () => this.#focusAfter() });
  }

  async #forget(): Promise<string | void> {
    if (!(await this.#client.forget())) return this.#words.say("forget_failed");
  }

  #makeIntro(): HTMLElement {
    const words = this.#words;
    return element(
      "div",
      { class: "intro" },
      ...(this.#settings.greeting ? [this.#greeting()] : []),
      element("p", { text: words.say("intro") }),
      element("p", { text: words.say("intro_person") }),
      this.#start,
      element("p", { class: "small", text: words.say("intro_small") }),
    );
  }

  #greeting(): HTMLElement {
    return element("p", { class: "greeting", dir: "auto", text: this.#settings.greeting });
  }

  #makePanel(): HTMLElement {
    return element(
      "div",
      { class: "panel", hidden: "" },
      this.#notices.element,
      ...(this.#settings.greeting && !this.#inline ? [this.#greeting()] : []),
      this.#transcript.log,
      this.#transcript.newer,
      this.#composer.form,
    );
  }

  #assemble(): HTMLElement {
    const words = this.#words;
    const name = element("h2", { id: "title", text: words.say("title") });
    const title = element("div", {}, name, this.#who);
    const hint = { title: words.say("exit_hint") };
    const exit = button("exit", words.say("exit"), this.#around.exit, hint);
    const head = element("div", { class: "head" }, title, this.#back, exit, this.#menu.opener);
    if (this.#inline) this.#menu.list.prepend(this.#size);
    else head.append(this.#makeClose());
    const help = this.#inline ? [] : [helpBar(words, this.#settings)];
    const made = element(this.#inline ? "section" : "dialog", {
      class: "chat",
      "aria-labelledby": "title",
      lang: words.code,
    });
    made.append(head, this.#menu.list, ...help, this.#intro, this.#panel, this.#announcer.element);
    made.addEventListener("keydown", (event) => this.#escape(event as KeyboardEvent));
    return made;
  }

  #makeClose(): HTMLElement {
    const label = this.#words.say("close");
    const made = button("quiet square", "", this.#around.close, { "aria-label": label });
    made.append(icon("close"));
    return made;
  }

  #escape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if ((event.target as Element).closest?.(".question")) return;
    if (!this.#menu.list.hidden) {
      this.#menu.show(false);
      this.#menu.opener.focus();
    } else if (!this.#inline) {
      this.#around.close();
    }
    event.preventDefault();
  }

  /** After a change of language the window is made anew from what the client knows. */
  #catchUp(): void {
    const { phase, link: state, transcript, typing } = this.#client;
    this.#showPhase(phase);
    this.#showOwner();
    for (const message of transcript.messages) {
      this.#showMessage(message, true, transcript.keyAfter(message));
    }
    if (phase === "open") this.#notices.show(state);
    this.#transcript.showTyping(typing);
  }

  #hear(event: ChatEvent): void {
    if (event.kind === "phase") this.#showPhase(event.phase);
    else if (event.kind === "message") this.#showMessage(event.message, event.past, event.before);
    else if (event.kind === "typing") this.#transcript.showTyping(event);
    else if (event.kind === "link") this.#notices.show(event.link);
    else this.#clear();
  }

  #send(words: string, label?: string): void {
    this.#transcript.unanchor();
    this.#client.send(words, label);
  }

  #choose(choice: Choice): void {
    const { text, button: label } = choiceMessage(choice);
    this.#send(text, label);
    this.home.focus();
  }

  #showPhase(phase: Phase): void {
    const open = phase === "open";
    this.#panel.hidden = !open;
    this.#size.hidden = !open;
    this.#intro.hidden = open;
    this.#menu.showPhase(open);
    this.#setLarge(open);
    if (!open) this.#notices.hide();
  }

  /** On a phone the open chat takes the whole screen; the style sheets decide. */
  #setLarge(large: boolean): void {
    this.#large = large;
    this.#size.textContent = this.#words.say(large ? "show_page" : "chat_only");
    this.#around.resize(large);
    if (!this.#panel.hidden) this.#transcript.toEnd();
  }

  #showMessage(message: Message, past: boolean, before: string | null): void {
    const isNew = this.#transcript.show(message, past, before);
    this.#showOwner();
    if (!past) this.#announcer.message(message, isNew);
    if (isNew && WATCHED.has(message.danger ?? "") && !this.#watchedShown) this.#warn(message);
  }

  /** Who answers is always in sight. */
  #showOwner(): void {
    const { owner } = this.#client.transcript;
    const person = owner?.owner === "staff" ? { ...owner, author: "staff" as const } : null;
    const words = this.#words;
    this.#who.textContent = person
      ? `${words.say("person")}: ${authorName(person, words)}`
      : words.say("automated");
    this.#back.hidden = !person;
  }

  /** Once, where violence came up: this device may be looked at by others. */
  #warn(message: Message): void {
    this.#watchedShown = true;
    const title = element("strong", { text: this.#words.say("watched_title") });
    const note = element("p", { class: "watched" }, title, ` ${this.#words.say("watched")} `);
    note.append(button("exit", this.#words.say("exit"), this.#around.exit));
    this.#transcript.element(message)?.append(note);
    this.#transcript.follow();
  }

  #clear(): void {
    this.#transcript.clear();
    this.#announcer.clear();
    this.#watchedShown = false;
    this.#showOwner();
    if (!this.element.querySelector(".question")) this.#focusAfter();
  }

  /** After a question, or the end of the chat. */
  #focusAfter(): void {
    if (this.#client.phase === "open") this.#menu.opener.focus();
    else if (this.#inline) this.#start.focus();
    else this.#around.close();
  }
}
