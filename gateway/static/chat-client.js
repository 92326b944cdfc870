// A chat without its looks: session, outbox, event stream. No DOM.
//
// Listeners hear {kind: "phase", phase}, {kind: "message", message, past, before}, {kind: "cleared"},
// {kind: "typing", on}, {kind: "link", link: "connecting", "live", "offline" or "unreachable"}.

import { readEvents } from "./event-stream.js";
import { Lookout } from "./lookout.js";
import { Outbox } from "./outbox.js";
import { Pause, backOff } from "./pause.js";
import { Transcript } from "./transcript.js";

const SILENCE_SECONDS = 60; // The server's heart-beats come more often than this.
const TYPING_SECONDS = 20;
const SHORT_STREAM_SECONDS = 1;
export const CLOSED = "That chat had closed. What you write now starts a new one.";
const NO_FILE = "The file could not be made just now. Please try again in a moment.";

export class ChatClient {
  phase = "idle";
  link = "connecting";
  transcript = new Transcript();
  #api;
  #memory;
  #newId;
  #listeners = new Set();
  #token = null;
  #historyKnown = false;
  #outbox;
  #running = false;
  #stream = new AbortController();
  #heardAt = 0;
  #failures = 0;
  #pause = new Pause();
  #typingTimer = 0;
  #said = new Set();

  /** `memory` keeps what a reload needs: read(), write(value), forget(). */
  constructor({ api, memory, newId }) {
    this.#api = api;
    this.#memory = memory;
    this.#newId = newId;
    this.lookout = new Lookout({ api, newId, say: (r) => this.#say(r), token: () => this.#token });
    this.#outbox = new Outbox({
      post: (item) => this.#post(item),
      save: () => this.#remember(),
      changed: (item, state) => this.#itemChanged(item, state),
    });
  }

  listen(listener) {
    this.#listeners.add(listener);
  }

  /** The visitor opens the chat. Nothing is requested or stored before this. */
  start() {
    this.#setPhase("open");
    this.#run();
  }

  /** After a reload: takes up the chat that this tab had open, if it had one. */
  resume() {
    const kept = this.#memory.read();
    if (!kept) return;
    this.#token = kept.token ?? null;
    this.#outbox.restore(kept.unsent ?? []);
    if (!this.#token) this.#showUnsent();
    this.start();
  }

  send(text, button) {
    const item = { id: this.#newId(), text, ...(button && { button }) };
    this.#show(this.transcript.fromVisitor(item));
    this.#outbox.add(item);
    this.#run();
  }

  retry(id) {
    const message = this.transcript.byClientId(id);
    if (!message || message.state === "sent") return;
    if (this.#outbox.has(id)) return this.wake();
    this.transcript.toEnd(message);
    this.#outbox.add({ id, text: message.text, ...(message.button && { button: message.button }) });
    this.#run();
  }

  /** Everything kept of this chat as a text; null, with a line that says so, if it cannot be had. */
  async ownData() {
    try {
      return await this.#api.ownData(this.#token);
    } catch (error) {
      this.#say(error.say?.length ? error : { say: [NO_FILE] });
      return null;
    }
  }

  /** Tries again now: the network is back, or the visitor looks at the page again. */
  wake() {
    this.#pause.end();
    this.#leaveIfSilent(SILENCE_SECONDS / 2);
    if (!this.#outbox.isEmpty) this.#outbox.flush();
  }

  online() {
    if (this.link === "offline") this.#setLink("connecting");
    this.wake();
  }

  offline() {
    if (this.phase !== "open") return;
    this.#setLink("offline");
    this.#stream.abort();
  }

  /** Ends the chat here and on the server, and leaves nothing in the browser. */
  end() {
    const token = this.#token;
    this.#token = null;
    this.#outbox.clear();
    this.transcript.clear();
    this.#memory.forget();
    this.#setTyping(false);
    this.#setPhase("idle");
    this.#tell({ kind: "cleared" });
    this.#stream.abort();
    this.#pause.end();
    if (token) this.#api.endSession(token).catch(() => {});
  }

  /** Holds a session and its event stream open for as long as there is a chat. */
  async #run() {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.phase === "open") {
        if (!(await this.#connectOnce())) return;
      }
    } finally {
      this.#running = false;
    }
  }

  /** False when there is nothing to do until the visitor writes. */
  async #connectOnce() {
    const openedAt = Date.now();
    try {
      if (!this.#token) await this.#openSession();
      else if (!this.#historyKnown) await this.#loadHistory();
      await this.#readStream();
      if (Date.now() - openedAt > SHORT_STREAM_SECONDS * 1000) return true;
    } catch (error) {
      if (this.phase !== "open") return false;
      if (error.status === 401) return this.#sessionClosed();
      this.#say(error);
    }
    return this.#waitForNextTry();
  }

  async #waitForNextTry() {
    this.#failures += 1;
    this.#setTyping(false);
    this.#outbox.markWaiting();
    if (this.phase === "open" && this.link !== "offline") this.#setLink("unreachable");
    if (!this.#token) this.#outbox.flush();
    await this.#pause.wait(backOff(this.#failures));
    return true;
  }

  async #openSession() {
    const { token, messages } = await this.#api.openSession();
    if (this.phase !== "open") return void this.#api.endSession(token).catch(() => {});
    this.#token = token;
    this.#historyKnown = true;
    this.#said.clear();
    this.transcript.newSession();
    this.#remember();
    messages.forEach((message) => this.#receive(message));
  }

  async #loadHistory() {
    const { messages } = await this.#api.history(this.#token);
    messages.forEach((message) => this.#receive(message, true));
    this.#showUnsent();
    this.#historyKnown = true;
  }

  #showUnsent() {
    for (const item of this.#outbox.items) {
      if (!this.transcript.byClientId(item.id)) this.#show(this.transcript.fromVisitor(item));
    }
  }

  async #readStream() {
    if (!this.#token) return;
    this.#stream = new AbortController();
    this.#heardAt = Date.now();
    const watch = setInterval(() => this.#leaveIfSilent(SILENCE_SECONDS), 5000);
    try {
      const { lastSeq } = this.transcript;
      const body = await this.#api.events(this.#token, lastSeq, this.#stream.signal);
      this.#connected();
      for await (const event of readEvents(body)) this.#heard(event);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      clearInterval(watch);
      this.#heardAt = 0;
    }
  }

  #connected() {
    this.#failures = 0;
    this.#setLink("live");
    this.#outbox.flush();
  }

  #heard(event) {
    this.#heardAt = Date.now();
    if (event?.type === "message") this.#receive(JSON.parse(event.data));
    if (event?.type === "notice") this.#say(JSON.parse(event.data));
    if (event?.type === "typing") this.#setTyping(JSON.parse(event.data).on === true);
  }

  #leaveIfSilent(seconds) {
    if (this.#heardAt && Date.now() - this.#heardAt > seconds * 1000) this.#stream.abort();
  }

  #sessionClosed() {
    this.#token = null;
    this.#setTyping(false);
    if (this.transcript.isEmpty && this.#outbox.isEmpty) {
      this.#memory.forget();
      this.#setPhase("idle");
      return false;
    }
    this.#remember();
    this.#showUnsent();
    this.#show(this.transcript.fromPage(CLOSED));
    return !this.#outbox.isEmpty;
  }

  async #post(item) {
    if (!this.#token) return this.lookout.withoutChat(item, this.link);
    try {
      await this.#api.postMessage(this.#token, item);
      this.#said.clear();
      return { result: "sent" };
    } catch (error) {
      return this.#postFailed(error);
    }
  }

  #postFailed(error) {
    if (this.phase !== "open") return { result: "closed" };
    if (error.status === 401) {
      // The connection loop notices too, and opens a new session for what waits.
      this.#stream.abort();
      this.#pause.end();
      return { result: "closed" };
    }
    this.#say(error);
    const result = error.isFinal ? "refused" : "later";
    return { result, reached: error.status !== undefined, seconds: error.seconds };
  }

  #itemChanged(item, state) {
    const message = this.transcript.byClientId(item.id);
    if (!message || message.state === "sent") return;
    message.state = state;
    this.#show(message);
  }

  #receive(data, past = false) {
    if (data.client_id) this.#outbox.drop(data.client_id);
    this.#show(this.transcript.fromServer(data), past);
  }

  /** Lines for an outage, each once: the same block twice helps nobody. */
  #say({ say = [], buttons }) {
    const text = say.join("\n");
    if (!text || this.phase !== "open" || this.#said.has(text)) return;
    this.#said.add(text);
    this.#show(this.transcript.fromPage(text, buttons));
  }

  #remember() {
    this.#memory.write({ token: this.#token, unsent: this.#outbox.items });
  }

  #setTyping(on) {
    clearTimeout(this.#typingTimer);
    if (on) this.#typingTimer = setTimeout(() => this.#setTyping(false), TYPING_SECONDS * 1000);
    this.#tell({ kind: "typing", on });
  }

  #setLink(link) {
    this.link = link;
    this.#tell({ kind: "link", link });
  }

  #setPhase(phase) {
    this.phase = phase;
    this.#tell({ kind: "phase", phase });
  }

  #show(message, past = false) {
    this.#tell({ kind: "message", message, past, before: this.transcript.keyAfter(message) });
  }

  #tell(event) {
    for (const listener of this.#listeners) listener(event);
  }
}
