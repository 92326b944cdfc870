import assert from "node:assert/strict";
import { test } from "node:test";
import { Transcript } from "./transcript";
import type { ServerMessage } from "./types";

const AT = "2026-01-01T00:00:00Z";

function message(seq: number, more: Partial<ServerMessage> = {}): ServerMessage {
  return { seq, author: "guide", text: `line ${seq}`, at: AT, ...more };
}

const texts = (transcript: Transcript) => transcript.messages.map((each) => each.text);

test("messages stand in the server's order, however they arrive", () => {
  const transcript = new Transcript();
  for (const seq of [2, 4, 1, 3, 3]) transcript.fromServer(message(seq));
  assert.deepEqual(texts(transcript), ["line 1", "line 2", "line 3", "line 4"]);
  assert.equal(transcript.lastSeq, 4);
});

test("the echo of one's own message is the message itself", () => {
  const transcript = new Transcript();
  const own = transcript.fromVisitor({ id: "one", text: "hello" });
  assert.equal(own.state, "sending");
  transcript.fromServer(message(1, { author: "visitor", client_id: "one", text: "hello" }));
  assert.equal(transcript.messages.length, 1);
  assert.equal(own.state, "sent");
});

test("what is not sent yet stays below what the server says meanwhile", () => {
  const transcript = new Transcript();
  transcript.fromVisitor({ id: "one", text: "mine" });
  transcript.fromServer(message(1));
  assert.deepEqual(texts(transcript), ["line 1", "mine"]);
});

test("a new session counts anew, below the old one", () => {
  const transcript = new Transcript();
  const old = transcript.fromServer(message(1));
  transcript.newSession();
  assert.equal(transcript.lastSeq, 0);
  const fresh = transcript.fromServer(message(1, { text: "again" }));
  assert.deepEqual(texts(transcript), ["line 1", "again"]);
  assert.deepEqual([transcript.isCurrent(old), transcript.isCurrent(fresh)], [false, true]);
});
