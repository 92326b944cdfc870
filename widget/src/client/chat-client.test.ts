import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ChatApi } from "./chat-api";
import { ChatClient } from "./chat-client";
import type { ChatEvent, Kept, Memory, ServerMessage } from "./types";

const AT = "2026-01-01T00:00:00Z";

class Server {
  messages: ServerMessage[] = [{ seq: 1, author: "guide", text: "Hello.", at: AT }];
  requests: string[] = [];
  tokens = new Set(["token-0"]);
  fails: number | "network" | null = null;
  #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();

  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    const path = `${url}`.replace("/chat", "");
    this.requests.push(`${init.method} ${path}`);
    if (this.fails === "network") throw new TypeError("no network");
    if (this.fails) return Response.json({ say: ["Call 988."] }, { status: this.fails });
    if (path === "/sessions") return this.#open();
    const { Authorization = "" } = init.headers as Record<string, string>;
    if (!this.tokens.has(Authorization.replace("Bearer ", ""))) return Response.json({}, { status: 401 });
    if (path === "/events") return new Response(this.#stream(init));
    if (path === "/messages") return this.#take(JSON.parse(`${init.body}`));
    if (init.method === "GET") return Response.json({ messages: this.messages });
    return new Response(null, { status: 204 });
  };

  say(text: string): void {
    this.#add({ author: "guide", text });
  }

  tell(type: string, content: object): void {
    for (const stream of this.#streams) stream.enqueue(event(type, content));
  }

  cut(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  #open(): Response {
    const token = `token-${this.tokens.size}`;
    this.tokens.add(token);
    return Response.json({ token, messages: this.messages }, { status: 201 });
  }

  #take({ id, text }: { id: string; text: string }): Response {
    if (!this.messages.some((each) => each.client_id === id)) {
      this.#add({ author: "visitor", text, client_id: id });
    }
    return Response.json({ id }, { status: 202 });
  }

  #add(message: Omit<ServerMessage, "seq" | "at">): void {
    const made = { ...message, seq: this.messages.length + 1, at: AT };
    this.messages.push(made);
    this.tell("message", made);
  }

  #stream({ headers, signal }: RequestInit): ReadableStream<Uint8Array> {
    const after = Number((headers as Record<string, string>)["Last-Event-ID"]);
    return new ReadableStream({
      start: (controller) => {
        this.#streams.add(controller);
        signal?.addEventListener("abort", () => {
          if (this.#streams.delete(controller)) controller.error(signal.reason);
        });
        for (const each of this.messages) {
          if (each.seq > after) controller.enqueue(event("message", each));
        }
      },
    });
  }
}

const event = (type: string, content: object) =>
  new TextEncoder().encode(`event: ${type}\ndata: ${JSON.stringify(content)}\n\n`);

class Keep implements Memory {
  kept: Kept | null = null;
  read = () => this.kept;
  write = (value: Kept) => {
    this.kept = structuredClone(value);
  };
  forget = () => {
    this.kept = null;
  };
}

const running: ChatClient[] = [];

function visit(server: Server, memory = new Keep()) {
  let count = 0;
  const events: ChatEvent[] = [];
  const client = new ChatClient({
    api: new ChatApi("/chat", server.fetch as typeof fetch),
    memory,
    newId: () => `id-${running.length}-${(count += 1)}`,
    closedWords: () => "That chat had closed.",
    tabs: "test",
  });
  client.listen((heard) => events.push(heard));
  running.push(client);
  return { client, memory, events };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 400, "it never came");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const texts = (client: ChatClient) => client.transcript.messages.map((each) => each.text);

afterEach(() => {
  for (const client of running.splice(0)) client.end({ onServer: false });
});

test("nothing is requested or stored before the visitor opens the chat", async () => {
  const server = new Server();
  const { client, memory } = visit(server);
  client.resume();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([server.requests, memory.kept, client.phase], [[], null, "idle"]);
});

test("what is written before there is a session goes once, in order", async () => {
  const server = new Server();
  const { client } = visit(server);
  client.start();
  client.send("one");
  client.send("two");
  await until(() => server.messages.length === 3);
  await until(() => client.transcript.messages.every((each) => each.state === "sent"));
  assert.deepEqual(texts(client), ["Hello.", "one", "two"]);
  assert.equal(server.requests.filter((each) => each === "POST /messages").length, 2);
});

test("a stream that is cut resumes, and nothing is doubled", async () => {
  const server = new Server();
  const { client } = visit(server);
  client.start();
  await until(() => client.link === "live");
  server.cut();
  server.say("while away");
  client.wake();
  await until(() => texts(client).includes("while away"));
  server.say("after");
  await until(() => texts(client).includes("after"));
  assert.deepEqual(texts(client), ["Hello.", "while away", "after"]);
});

test("a second tab finds the chat of the first, and the end of one ends the other", async () => {
  const server = new Server();
  const first = visit(server).client;
  first.start();
  first.send("from the first");
  await until(() => texts(first).length === 2);
  const { client: second, memory } = visit(server);
  second.start();
  await until(() => texts(second).length === 2);
  assert.equal(server.tokens.size, 2); // One was there from the start.
  second.end();
  await until(() => first.phase === "idle");
  assert.deepEqual([texts(first), memory.kept], [[], null]);
});

test("a session that is over is said, and what waits opens a new one", async () => {
  const server = new Server();
  const { client } = visit(server);
  client.start();
  await until(() => client.link === "live");
  server.tokens.clear();
  client.send("still here");
  await until(() => server.tokens.size > 0 && server.messages.length === 2);
  assert.ok(texts(client).includes("That chat had closed."));
});

test("lines of an outage are shown once, and the message is kept", async () => {
  const server = new Server();
  const { client, memory } = visit(server);
  client.start();
  await until(() => client.link === "live");
  server.fails = 503;
  client.send("one");
  client.send("two");
  await until(() => texts(client).includes("Call 988."));
  client.wake();
  await until(() => server.requests.filter((each) => each === "POST /messages").length >= 3);
  assert.equal(texts(client).filter((text) => text === "Call 988.").length, 1);
  assert.deepEqual(memory.kept?.unsent.map((item) => item.text), ["one", "two"]);
});

test("what could not be deleted stays, and what is deleted leaves nothing", async () => {
  const server = new Server();
  const { client, memory } = visit(server);
  client.start();
  await until(() => client.link === "live");
  server.fails = "network";
  assert.equal(await client.forget(), false);
  assert.ok(memory.kept?.token);
  assert.deepEqual(texts(client), ["Hello."]);
  server.fails = null;
  assert.equal(await client.forget(), true);
  assert.deepEqual([memory.kept, texts(client), client.phase], [null, [], "idle"]);
  assert.ok(server.requests.includes("DELETE /history"));
});

test("a typing sign has an owner, and ends with what its owner says", async () => {
  const server = new Server();
  const { client, events } = visit(server);
  client.start();
  await until(() => client.link === "live");
  server.tell("typing", { on: true, by: "staff", name: "Dana" });
  await until(() => client.typing.on);
  assert.equal(client.typing.name, "Dana");
  server.say("from the guide");
  await until(() => texts(client).includes("from the guide"));
  assert.equal(client.typing.on, true);
  server.tell("message", { seq: 3, author: "staff", text: "from Dana", at: AT });
  await until(() => !client.typing.on);
  assert.equal(events.filter((each) => each.kind === "typing").length, 2);
});

test("a person who answers sees that the visitor writes; the guide is told nothing", async () => {
  const server = new Server();
  const { client } = visit(server);
  client.start();
  await until(() => client.link === "live");
  const signs = () => server.requests.filter((each) => each === "POST /typing").length;
  client.writes();
  server.tell("message", { seq: 2, author: "system", text: "Dana is here.", at: AT, owner: "staff" });
  await until(() => client.transcript.owner?.owner === "staff");
  assert.equal(signs(), 0);
  client.writes();
  client.writes();
  assert.equal(signs(), 1);
  client.send("hello");
  client.writes();
  assert.equal(signs(), 2);
});

test("an answer is rated where it was given, and a failure is told", async () => {
  const server = new Server();
  const { client } = visit(server);
  client.start();
  await until(() => client.link === "live");
  const [answer] = client.transcript.messages;
  assert.ok(answer);
  assert.equal(await client.rate(answer, true), true);
  assert.equal(answer.helpful, true);
  server.fails = 503;
  assert.equal(await client.rate(answer, false), false);
  assert.equal(answer.helpful, true);
});
