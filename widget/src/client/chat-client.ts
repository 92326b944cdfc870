/** A chat without its looks: session, outbox, event stream. No DOM. */

import { type ChatApi, Refused } from "./chat-api";
import { Connection } from "./connection";
import { deliver } from "./delivery";
import type { StreamEvent } from "./event-stream";
import { Lookout } from "./lookout";
import { type Outcome, Outbox } from "./outbox";
import { Tabs } from "./tabs";
import { Transcript } from "./transcript";
import { TypingSign } from "./typing-sign";
import type {
  ChatEvent,
  Item,
  ItemState,
  Link,
  Memory,
  Message,
  Phase,
  ServerMessage,
  Typing,
  Unstored,
} from "./types";

const TYPING_EVERY_MS = 4000; // The server's sign lasts twice as long.

interface Options {
  api: ChatApi;
  memory: Memory;
  newId: () => string;
  /** What to say where a session that was open is no more. */
  closedWords: () => string;
  /** Under which name the tabs of a site find each other. */
  tabs?: string;
}

export class ChatClient {
  phase: Phase = "idle";
  link: Link = "connecting";
  readonly transcript = new Transcript();
  readonly lookout: Lookout;
  #options: Options;
  #listeners = new Set<(event: ChatEvent) => void>();
  #token: string | null = null;
  #historyKnown = false;
  #asksTabs = true;
  #leaving = false;
  #outbox: Outbox;
  #tabs: Tabs;
  #connection: Connection;
  #typing = new TypingSign((typing) => this.#tell({ kind: "typing", ...typing }));
  #said = new Set<string>();
  #wroteAt = 0;

  constructor(options: Options) {
    this.#options = options;
    const { api, newId } = options;
    const token = () => this.#token;
    this.lookout = new Lookout({ api, newId, say: (lines) => this.#say(lines), token });
    this.#tabs = new Tabs(options.tabs ?? "guide-chat", { token, over: () => this.#close() });
    this.#outbox = new Outbox({
      post: (item) => this.#post(item),
      save: () => this.#remember(),
      changed: (item, state) => this.#itemChanged(item, state),
    });
    this.#connection = new Connection({
      isOpen: () => this.phase === "open" && !this.#leaving,
      prepare: () => this.#prepare(),
      events: (signal) => api.events(this.#token ?? "", this.transcript.lastSeq, signal),
      connected: () => this.#connected(),
      heard: (event) => this.#heard(event),
      failed: (error) => this.#failed(error),
      waits: () => this.#waits(),
    });
  }

  get typing(): Typing {
    return this.#typing.now;
  }

  listen(listener: (event: ChatEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The visitor opens the chat. Nothing is requested or stored before this. */
  start(): void {
    if (this.phase === "open") return;
    this.#tabs.join();
    this.#setPhase("open");
    void this.#connection.run();
  }

  /** After a reload: takes up the chat that this tab had open. Says whether it had one. */
  resume(): boolean {
    const kept = this.#options.memory.read();
    if (!kept || kept.token === undefined) return false;
    this.#token = kept.token;
    this.#outbox.restore(kept.unsent ?? []);
    if (!this.#token) this.#showUnsent();
    this.start();
    return true;
  }

  send(text: string, button?: string): void {
    this.#wroteAt = 0;
    const item = { id: this.#options.newId(), text, ...(button && { button }) };
    this.#show(this.transcript.fromVisitor(item));
    this.#outbox.add(item);
    void this.#connection.run();
  }

  /** The visitor writes: a person who answers here sees that, and none of the words. */
  writes(): void {
    const again = Date.now() - this.#wroteAt > TYPING_EVERY_MS;
    if (!this.#token || !again || this.transcript.owner?.owner !== "staff") return;
    this.#wroteAt = Date.now();
    this.#options.api.typing(this.#token).catch(() => {});
  }

  retry(id: string): void {
    const message = this.transcript.byClientId(id);
    if (!message || message.state === "sent") return;
    if (this.#outbox.has(id)) return this.wake();
    this.transcript.toEnd(message);
    const { text, button } = message;
    this.#outbox.add({ id, text, ...(button && { button }) });
    void this.#connection.run();
  }

  /** Says whether an answer helped; false if that could not be stored. */
  async rate(message: Message, helpful: boolean): Promise<boolean> {
    if (!this.#token || !message.seq || !this.transcript.isCurrent(message)) return false;
    try {
      await this.#options.api.rate(this.#token, message.seq, helpful);
    } catch {
      return false;
    }
    message.helpful = helpful;
    this.#show(message);
    return true;
  }

  /** Everything kept of this chat, as a text. Rejects if it cannot be had. */
  ownData(): Promise<string> {
    return this.#options.api.ownData(this.#token ?? "");
  }

  /** Tries again now: the network is back, or the visitor looks at the page again. */
  wake(): void {
    this.#connection.wake();
    if (!this.#outbox.isEmpty) void this.#outbox.flush();
  }

  online(): void {
    if (this.link === "offline") this.#setLink("connecting");
    this.wake();
  }

  offline(): void {
    if (this.phase !== "open") return;
    this.#setLink("offline");
    this.#connection.cut();
  }

  /** Ends the chat here, in other tabs and on the server; leaves nothing in the browser. */
  end({ onServer = true } = {}): void {
    const token = this.#token;
    this.#close();
    if (token && onServer) this.#options.api.endSession(token).catch(() => {});
  }

  /** The same, and what was said is deleted. False, with nothing changed, if it could not be. */
  async forget(): Promise<boolean> {
    this.#leaving = true;
    try {
      if (this.#token) await this.#options.api.forget(this.#token);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401)) {
        this.#leaving = false;
        void this.#connection.run();
        return false;
      }
    }
    this.#close();
    return true;
  }

  #close(): void {
    const token = this.#token;
    this.#token = null;
    this.#leaving = false;
    this.#asksTabs = true;
    this.#outbox.clear();
    this.transcript.clear();
    this.#options.memory.forget();
    this.#typing.end();
    this.#setPhase("idle");
    this.#tell({ kind: "cleared" });
    this.#connection.cut();
    this.#tabs.leave(token);
  }

  async #prepare(): Promise<void> {
    if (!this.#token && this.#asksTabs) await this.#joinOtherTab();
    if (!this.#token) await this.#openSession();
    else if (!this.#historyKnown) await this.#loadHistory(this.#token);
  }

  async #joinOtherTab(): Promise<void> {
    this.#asksTabs = false;
    const token = await this.#tabs.ask();
    if (this.phase !== "open" || !token) return;
    this.#token = token;
    this.#historyKnown = false;
    this.#remember();
  }

  async #openSession(): Promise<void> {
    const { api } = this.#options;
    const { token, messages } = await api.openSession();
    if (this.phase !== "open") return void api.endSession(token).catch(() => {});
    this.#token = token;
    this.#historyKnown = true;
    this.#said.clear();
    this.transcript.newSession();
    this.#remember();
    for (const message of messages) this.#receive(message);
  }

  async #loadHistory(token: string): Promise<void> {
    const { messages } = await this.#options.api.history(token);
    for (const message of messages) this.#receive(message, true);
    this.#showUnsent();
    this.#historyKnown = true;
  }

  #showUnsent(): void {
    for (const item of this.#outbox.items) {
      if (!this.transcript.byClientId(item.id)) this.#show(this.transcript.fromVisitor(item));
    }
  }

  #connected(): void {
    this.#setLink("live");
    void this.#outbox.flush();
  }

  #heard({ type, data }: StreamEvent): void {
    const content = JSON.parse(data);
    if (type === "message") this.#receive(content);
    if (type === "notice") this.#say(content);
    if (type === "typing") this.#typing.set({ by: "guide", ...content, on: content.on === true });
  }

  #failed(error: unknown): "stop" | "again" | "wait" {
    if (!(error instanceof Refused)) return "wait";
    if (error.status === 401) return this.#sessionClosed() ? "again" : "stop";
    this.#say(error);
    return "wait";
  }

  #waits(): void {
    this.#typing.end();
    this.#outbox.markWaiting();
    if (this.phase === "open" && this.link !== "offline") this.#setLink("unreachable");
    if (!this.#token) void this.#outbox.flush();
  }

  /** True if something waits for a new session. */
  #sessionClosed(): boolean {
    this.#token = null;
    this.#typing.end();
    if (this.transcript.isEmpty && this.#outbox.isEmpty) {
      this.#close();
      return false;
    }
    this.#remember();
    this.#showUnsent();
    this.#show(this.transcript.fromPage(this.#options.closedWords()));
    return !this.#outbox.isEmpty;
  }

  async #post(item: Item): Promise<Outcome> {
    if (!this.#token) return this.lookout.withoutChat(item, this.link);
    const { outcome, refused } = await deliver(this.#options.api, this.#token, item);
    if (this.phase !== "open") return { result: "closed" };
    // The connection loop notices a session that is over too, and opens one for what waits.
    if (outcome.result === "closed") this.#connection.cut();
    else if (refused) this.#say(refused);
    if (outcome.result === "sent") this.#said.clear();
    return outcome;
  }

  #itemChanged(item: Item, state: ItemState): void {
    const message = this.transcript.byClientId(item.id);
    if (!message || message.state === "sent") return;
    message.state = state;
    this.#show(message);
  }

  #receive(data: ServerMessage, past = false): void {
    if (data.client_id) this.#outbox.drop(data.client_id);
    this.#typing.said(data.author);
    this.#show(this.transcript.fromServer(data), past);
  }

  /** Lines for an outage, each once: the same block twice helps nobody. */
  #say({ say = [], buttons }: Unstored): void {
    const text = say.join("\n");
    if (!text || this.phase !== "open" || this.#said.has(text)) return;
    this.#said.add(text);
    this.#show(this.transcript.fromPage(text, buttons));
  }

  #remember(): void {
    this.#options.memory.write({ token: this.#token, unsent: this.#outbox.items });
  }

  #setLink(link: Link): void {
    this.link = link;
    this.#tell({ kind: "link", link });
  }

  #setPhase(phase: Phase): void {
    this.phase = phase;
    this.#tell({ kind: "phase", phase });
  }

  #show(message: Message, past = false): void {
    this.#tell({ kind: "message", message, past, before: this.transcript.keyAfter(message) });
  }

  #tell(event: ChatEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
