/** One try to hand a message to the server, and what came of it. No DOM. */

import { type ChatApi, Refused } from "./chat-api";
import type { Outcome } from "./outbox";
import type { Item } from "./types";

export async function deliver(
  api: ChatApi,
  token: string,
  item: Item,
): Promise<{ outcome: Outcome; refused?: Refused }> {
  try {
    await api.postMessage(token, item);
    return { outcome: { result: "sent" } };
  } catch (error) {
    if (!(error instanceof Refused)) return { outcome: { result: "later", reached: false } };
    if (error.status === 401) return { outcome: { result: "closed" }, refused: error };
    const result = error.isFinal ? "refused" : "later";
    return { outcome: { result, reached: true, seconds: error.seconds }, refused: error };
  }
}
