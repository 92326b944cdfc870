/** Server-sent events from a fetch() body: EventSource cannot send an Authorization header. */

export interface StreamEvent {
  type: string;
  id: string | null;
  data: string;
}

interface Open {
  type: string;
  id: string | null;
  data: string[];
}

/** Yields each event, and null for a heart-beat comment. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<StreamEvent | null> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Turns pieces of text, cut anywhere, into events. */
export class EventParser {
  #rest = "";
  #event = blank();

  *feed(chunk: string): Generator<StreamEvent | null> {
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.#event.data.length) yield finished(this.#event);
        this.#event = blank();
      } else if (line.startsWith(":")) {
        yield null;
      } else {
        this.#field(line);
      }
    }
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#event.data.push(value);
    else if (name === "event") this.#event.type = value;
    else if (name === "id") this.#event.id = value;
  }
}

const blank = (): Open => ({ type: "message", id: null, data: [] });

const finished = (event: Open): StreamEvent => ({ ...event, data: event.data.join("\n") });
