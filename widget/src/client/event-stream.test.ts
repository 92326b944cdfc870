import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser, readEvents } from "./event-stream";

const STREAM = ': hello\n\nevent: message\nid: 7\ndata: {"a":1}\r\ndata: {"b":2}\n\ndata: x\n\n';

function parsed(...chunks: string[]) {
  const parser = new EventParser();
  return chunks.flatMap((chunk) => [...parser.feed(chunk)]);
}

test("events are the same wherever the network cuts the text", () => {
  const whole = parsed(STREAM);
  assert.deepEqual(whole[1], { type: "message", id: "7", data: '{"a":1}\n{"b":2}' });
  for (let cut = 1; cut < STREAM.length; cut += 1) {
    assert.deepEqual(parsed(STREAM.slice(0, cut), STREAM.slice(cut)), whole, `cut at ${cut}`);
  }
});

test("what is not finished is no event", () => {
  assert.deepEqual(parsed("data: half\n"), []);
});

test("letters that the network cuts in two arrive whole", async () => {
  const bytes = new TextEncoder().encode("data: é\n\n");
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const found = [];
  for await (const event of readEvents(body)) found.push(event?.data);
  assert.deepEqual(found, ["é"]);
});
