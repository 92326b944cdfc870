/** The window as a whole: a shadow root of its own, open or closed, in a corner or in a page. */

import { ChatApi } from "../client/chat-api";
import { ChatClient } from "../client/chat-client";
import type { ChatEvent } from "../client/types";
import { type Around, ChatView } from "./chat-view";
import frame from "./frame.css";
import { Launcher } from "./launcher";
import { PageTitle } from "./page-title";
import places from "./places.css";
import type { WindowSettings } from "./settings";
import { chime } from "./sound";
import { TabMemory } from "./tab-memory";
import { Words } from "./texts";
import transcript from "./transcript.css";

const KEY = "guide-chat";
const TWICE_MS = 700; // Two presses of Esc within this time leave the page.
const PHONE = "(max-width: 42rem)";

export type Happening = "ready" | "open" | "close" | "unread";

export class GuideWindow {
  readonly client: ChatClient;
  #settings: WindowSettings;
  #host: HTMLElement;
  #root: ShadowRoot;
  #api: ChatApi;
  #memory = new TabMemory(KEY);
  #title = new PageTitle();
  #words: Words;
  #view: ChatView;
  #launcher: Launcher | null;
  #isOpen = false;
  #unread = 0;
  #escapedAt = -Infinity;

  constructor(settings: WindowSettings, host: HTMLElement) {
    this.#settings = settings;
    this.#host = host;
    this.#root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    const styles = frame + transcript + places;
    sheet.replaceSync(styles.replace(/([\d.]+)rem/g, "calc(var(--u)*$1)"));
    this.#root.adoptedStyleSheets = [sheet];
    this.#words = new Words(settings.language, settings.texts);
    this.#api = new ChatApi(`${settings.base}/chat`, (...request) => fetch(...request));
    this.client = new ChatClient({
      api: this.#api,
      memory: this.#memory,
      newId,
      closedWords: () => this.#words.say("closed"),
      tabs: `${KEY} ${settings.base}`,
    });
    this.#view = this.#makeView();
    this.#launcher = this.#makeLauncher();
    this.client.listen((event) => this.#hear(event));
    this.#wire();
  }

  /** Takes up the chat of this tab, if there is one. */
  begin(): void {
    const { open, calm, language } = this.#memory.wishes;
    if (this.client.resume()) {
      if (calm) this.#title.show(this.#calmTitle);
      if (open) this.open({ focus: false });
      if (language && language !== this.#words.code) void this.#setLanguage(language);
    }
    this.#tell("ready");
  }

  open({ focus = true } = {}): void {
    this.client.start();
    if (!this.#launcher || this.#isOpen) return;
    this.#isOpen = true;
    this.#memory.wish({ open: true });
    this.#setUnread(0);
    const dialog = this.#view.element as HTMLDialogElement;
    const before = document.activeElement;
    if (matchMedia(PHONE).matches) dialog.showModal();
    else dialog.show();
    this.#launcher.element.hidden = true;
    this.#view.shown();
    if (focus) this.#view.home.focus();
    else if (before instanceof HTMLElement) before.focus();
    this.#tell("open");
  }

  close(): void {
    if (!this.#launcher || !this.#isOpen) return;
    this.#isOpen = false;
    this.#memory.wish({ open: false });
    (this.#view.element as HTMLDialogElement).close();
    this.#launcher.element.hidden = false;
    this.#launcher.button.focus();
    this.#tell("close");
  }

  /** Leaves for a neutral page at once; this one does not stay in the history. */
  exit(): void {
    document.documentElement.style.setProperty("display", "none", "important");
    this.#title.show(this.#calmTitle);
    this.#isOpen = false;
    this.client.end({ onServer: this.#settings.exitEnds === true });
    location.replace(this.#settings.exit);
  }

  get #calmTitle(): string {
    return this.#settings.title ?? this.#words.say("calm_title");
  }

  #makeView(): ChatView {
    const { sound = false, calm = false } = this.#memory.wishes;
    const around: Around = {
      exit: () => this.exit(),
      close: () => this.close(),
      resize: (large) => this.#host.toggleAttribute("data-large", large),
      language: (code) => void this.#setLanguage(code),
      sound: () => this.#toggleSound(),
      calm: () => this.#toggleCalm(),
      state: { sound, calm },
    };
    const view = new ChatView(this.client, this.#settings, this.#words, around);
    view.element.addEventListener("close", () => this.close()); // a phone's back button
    this.#root.append(view.element);
    return view;
  }

  #makeLauncher(): Launcher | null {
    if (this.#settings.inline !== undefined) return null;
    const made = new Launcher(this.#settings, this.#words, () => this.open());
    this.#root.prepend(made.element);
    return made;
  }

  /** Without an answer of the server the window stays in the language that it has. */
  async #setLanguage(code: string): Promise<void> {
    const texts = await this.#api.texts(code).catch(() => null);
    if (!texts) return;
    this.#memory.wish({ language: code });
    this.#words = new Words(code, texts);
    this.#remake();
  }

  #remake(): void {
    const { draft } = this.#view;
    this.#view.remove();
    this.#launcher?.element.remove();
    this.#view = this.#makeView();
    this.#view.draft = draft;
    this.#launcher = this.#makeLauncher();
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    if (wasOpen) this.open();
    else if (!this.#launcher) this.#view.home.focus();
  }

  #toggleSound(): boolean {
    const sound = !this.#memory.wishes.sound;
    this.#memory.wish({ sound });
    if (sound) chime();
    return sound;
  }

  #toggleCalm(): boolean {
    const calm = !this.#memory.wishes.calm;
    this.#memory.wish({ calm });
    this.#title.show(calm ? this.#calmTitle : null);
    return calm;
  }

  #hear(event: ChatEvent): void {
    if (event.kind === "cleared") this.#setUnread(0);
    if (event.kind !== "message" || event.past || event.message.author === "visitor") return;
    if (event.message.seq !== undefined && this.#memory.wishes.sound) chime();
    if (this.#launcher && !this.#isOpen) this.#setUnread(this.#unread + 1);
  }

  #setUnread(count: number): void {
    const more = count > this.#unread;
    this.#unread = count;
    this.#launcher?.showUnread(count);
    if (more) this.#tell("unread");
  }

  #wire(): void {
    addEventListener("online", () => this.client.online());
    addEventListener("offline", () => this.client.offline());
    addEventListener("pageshow", (event) => {
      // A page kept by the browser must not show a chat that was left meanwhile.
      if (event.persisted && !this.#memory.read()) this.client.end({ onServer: false });
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.client.wake();
    });
    document.addEventListener("keydown", (event) => this.#key(event), true);
    const seen = window.visualViewport;
    const { style } = this.#launcher ? this.#host : document.documentElement;
    const follow = () => style.setProperty("--seen-height", `${seen?.height}px`);
    seen?.addEventListener("resize", follow);
    if (seen) follow();
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.repeat || event.isComposing) return;
    if (event.timeStamp - this.#escapedAt < TWICE_MS) return this.exit();
    this.#escapedAt = !this.#launcher || this.#isOpen ? event.timeStamp : -Infinity;
  }

  /** For the page around: that something happened, never what was said. */
  #tell(happening: Happening): void {
    this.#host.dispatchEvent(new CustomEvent(`recovery-guide:${happening}`, { bubbles: true }));
  }
}

/** crypto.randomUUID is missing on a page without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
