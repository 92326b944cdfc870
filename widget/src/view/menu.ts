/** The options of the chat: a button and what it shows. */

import { button, element, icon, link } from "./dom";
import type { Words } from "./texts";

export interface MenuActs {
  save: () => void;
  end: () => void;
  forget: () => void;
  sound: () => boolean;
  calm: () => boolean;
  language: (code: string) => void;
}

export interface MenuState {
  words: Words;
  /** The other languages by code, each in its own name. */
  languages: [string, string][];
  sound: boolean;
  calm: boolean;
  safety: string;
}

export class Menu {
  readonly opener: HTMLButtonElement;
  readonly list: HTMLElement;
  #chatting: HTMLElement[];

  constructor(state: MenuState, acts: MenuActs) {
    const { words } = state;
    this.opener = button("quiet square", "", () => this.show(this.list.hidden), {
      "aria-label": words.say("menu"),
      "aria-expanded": "false",
      "aria-controls": "menu",
    });
    this.opener.append(icon("menu"));
    this.#chatting = (["save", "end", "forget"] as const).map((name) =>
      button("quiet", words.say(name), () => this.#do(acts[name])),
    );
    const switches = (["sound", "calm"] as const).map((name) => this.#toggle(name, state, acts));
    const languages = state.languages.map(([code, name]) =>
      button("quiet", name, () => acts.language(code), { lang: code }),
    );
    const safety = link(words.say("safety"), state.safety, { class: "quiet" });
    const items = [...this.#chatting, ...switches, ...languages, safety];
    this.list = element("div", { id: "menu", class: "menu", role: "group", hidden: "" }, ...items);
    this.list.setAttribute("aria-label", words.say("menu"));
  }

  show(on: boolean): void {
    this.list.hidden = !on;
    this.opener.setAttribute("aria-expanded", `${on}`);
  }

  /** There is nothing to save, end or forget before the start. */
  showPhase(open: boolean): void {
    for (const each of this.#chatting) each.hidden = !open;
  }

  #do(act: () => void): void {
    this.show(false);
    this.opener.focus();
    act();
  }

  #toggle(name: "sound" | "calm", state: MenuState, acts: MenuActs): HTMLButtonElement {
    const say = (on: boolean) => state.words.say(`${name}_${on ? "on" : "off"}`);
    const press = (made: HTMLButtonElement) => {
      made.textContent = say(acts[name]());
    };
    return button("quiet", say(state[name]), press);
  }
}
