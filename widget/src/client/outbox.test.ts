import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, type Outcome } from "./outbox";
import { backOff } from "./pause";
import type { Item } from "./types";

function outbox(...outcomes: Outcome[]) {
  const posted: string[] = [];
  const states: string[] = [];
  const made = new Outbox({
    post: async (item: Item) => {
      posted.push(item.id);
      return outcomes.shift() ?? { result: "sent" };
    },
    save: () => {},
    changed: (item, state) => states.push(`${item.id} ${state}`),
  });
  return { made, posted, states };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("messages go one by one, in order", async () => {
  const { made, posted } = outbox();
  for (const id of ["a", "b", "c"]) made.add({ id, text: id });
  await settled();
  assert.deepEqual(posted, ["a", "b", "c"]);
  assert.ok(made.isEmpty);
});

test("one that fails is tried again, and the next one waits behind it", async () => {
  const { made, posted, states } = outbox({ result: "later", seconds: 60 });
  made.add({ id: "a", text: "a" });
  made.add({ id: "b", text: "b" });
  await settled();
  assert.deepEqual(posted, ["a"]);
  assert.ok(states.includes("b waiting"));
  await made.flush(); // The network is back: the waiting is cut short.
  await settled();
  assert.deepEqual(posted, ["a", "a", "b"]);
});

test("a refused message blocks nothing", async () => {
  const { made, posted, states } = outbox({ result: "refused" });
  made.add({ id: "a", text: "a" });
  made.add({ id: "b", text: "b" });
  await settled();
  assert.deepEqual(posted, ["a", "b"]);
  assert.ok(states.includes("a refused") && states.includes("b sent"));
});

test("a server that can store nothing sees each message once, for danger in it", async () => {
  const { made, posted } = outbox({ result: "later", reached: true, seconds: 60 });
  made.restore([
    { id: "a", text: "a" },
    { id: "b", text: "b" },
  ]);
  void made.flush();
  await settled();
  assert.deepEqual(posted, ["a", "b"]);
  made.clear();
});

test("a message that the history holds already does not go again", async () => {
  const { made, posted } = outbox();
  made.restore([{ id: "a", text: "a" }]);
  made.drop("a");
  await made.flush();
  assert.deepEqual(posted, []);
});

test("the pause between tries doubles up to half a minute", () => {
  const longest = [1, 2, 3, 6, 20].map((failures) => backOff(failures, () => 1));
  assert.deepEqual(longest, [1, 2, 4, 30, 30]);
  assert.equal(backOff(3, () => 0), 2);
});
