/** The chat without its looks. Nothing here touches a document. */

export { ChatApi, Refused } from "./chat-api";
export { ChatClient } from "./chat-client";
export { Outbox, type Outcome } from "./outbox";
export { Transcript } from "./transcript";
export type * from "./types";
