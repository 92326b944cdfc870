/** Holds a session and its event stream open for as long as there is a chat. No DOM. */

import { type StreamEvent, readEvents } from "./event-stream";
import { Pause, backOff } from "./pause";

const SILENCE_SECONDS = 60; // The server's heart-beats come more often than this.
const SHORT_STREAM_SECONDS = 1;
const WATCH_MS = 5000;

/** What a connection needs of its chat. */
export interface Line {
  isOpen(): boolean;
  /** Sees that there is a session, with its history known. */
  prepare(): Promise<void>;
  events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  connected(): void;
  heard(event: StreamEvent): void;
  /** "stop": nothing is to be done until the visitor writes. */
  failed(error: unknown): "stop" | "again" | "wait";
  waits(): void;
}

export class Connection {
  #line: Line;
  #running = false;
  #stream = new AbortController();
  #heardAt = 0;
  #failures = 0;
  #pause = new Pause();

  constructor(line: Line) {
    this.#line = line;
  }

  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#line.isOpen()) {
        if (!(await this.#once())) return;
      }
    } finally {
      this.#running = false;
    }
  }

  /** Tries again now, and does not trust a stream that has been silent for long. */
  wake(): void {
    this.#pause.end();
    this.#leaveIfSilent(SILENCE_SECONDS / 2);
  }

  /** Leaves the stream; the loop goes on unless the chat is closed. */
  cut(): void {
    this.#stream.abort();
    this.#pause.end();
  }

  async #once(): Promise<boolean> {
    const openedAt = Date.now();
    try {
      await this.#line.prepare();
      await this.#readStream();
      if (Date.now() - openedAt > SHORT_STREAM_SECONDS * 1000) return true;
    } catch (error) {
      if (!this.#line.isOpen()) return false;
      const next = this.#line.failed(error);
      if (next !== "wait") return next === "again";
    }
    this.#failures += 1;
    this.#line.waits();
    await this.#pause.wait(backOff(this.#failures));
    return true;
  }

  async #readStream(): Promise<void> {
    if (!this.#line.isOpen()) return;
    this.#stream = new AbortController();
    this.#heardAt = Date.now();
    const watch = setInterval(() => this.#leaveIfSilent(SILENCE_SECONDS), WATCH_MS);
    try {
      const body = await this.#line.events(this.#stream.signal);
      this.#failures = 0;
      this.#line.connected();
      for await (const event of readEvents(body)) {
        this.#heardAt = Date.now();
        if (event) this.#line.heard(event);
      }
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error;
    } finally {
      clearInterval(watch);
      this.#heardAt = 0;
    }
  }

  #leaveIfSilent(seconds: number): void {
    if (this.#heardAt && Date.now() - this.#heardAt > seconds * 1000) this.#stream.abort();
  }
}
