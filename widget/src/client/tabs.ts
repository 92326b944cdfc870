/**
 * Other tabs of the same site. A second tab finds the chat that is open in the first, without
 * anything being stored; a chat that ends in one tab ends in all. No DOM.
 */

const WAIT_MS = 150;

type Note = { kind: "ask" } | { kind: "token"; token: string } | { kind: "over"; token: string };

interface Options {
  token: () => string | null;
  /** The chat has ended in another tab. */
  over: () => void;
}

export class Tabs {
  #name: string;
  #options: Options;
  #channel: BroadcastChannel | null = null;
  #answered: (token: string) => void = () => {};

  constructor(name: string, options: Options) {
    this.#name = name;
    this.#options = options;
  }

  /** Listens from now on: the visitor has opened the chat here. */
  join(): void {
    if (this.#channel || typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<Note>) => this.#heard(data);
  }

  /** The session that another tab has open, or null after a moment of silence. */
  ask(): Promise<string | null> {
    if (!this.#channel) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), WAIT_MS);
      this.#answered = (token) => {
        clearTimeout(timer);
        resolve(token);
      };
      this.#tell({ kind: "ask" });
    });
  }

  /** Tells the others that this session is over, and listens no more. */
  leave(token: string | null): void {
    if (token) this.#tell({ kind: "over", token });
    this.#channel?.close();
    this.#channel = null;
  }

  #heard(note: Note): void {
    const token = this.#options.token();
    if (note.kind === "ask" && token) this.#tell({ kind: "token", token });
    if (note.kind === "token") this.#answered(note.token);
    if (note.kind === "over" && note.token === token) this.#options.over();
  }

  #tell(note: Note): void {
    this.#channel?.postMessage(note);
  }
}
