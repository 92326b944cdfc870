// Starts the chat on the page. Stores nothing before the visitor has opened it.

import { ChatApi } from "./chat-api.js";
import { ChatClient } from "./chat-client.js";
import { ChatView } from "./chat-view.js";

const KEY = "guide-chat";

/** This tab only, and gone with it. Where storage is blocked, a reload starts afresh. */
const memory = {
  read() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY));
    } catch {
      return null;
    }
  },
  write(value) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(value));
    } catch {
      // Blocked or full: the chat goes on without it.
    }
  },
  forget() {
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // Nothing was stored.
    }
  },
};

/** crypto.randomUUID is missing on a page without TLS. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** A phone's keyboard covers the page instead of shrinking it in some browsers. */
function followVisibleHeight() {
  const seen = window.visualViewport;
  if (!seen) return;
  const set = () => {
    document.documentElement.style.setProperty("--seen-height", `${seen.height}px`);
  };
  seen.addEventListener("resize", set);
  set();
}

const root = document.getElementById("chat");
const api = new ChatApi("/chat", (...request) => fetch(...request));
const client = new ChatClient({ api, memory, newId });
new ChatView(root, client);
followVisibleHeight();
addEventListener("online", () => client.online());
addEventListener("offline", () => client.offline());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") client.wake();
});
client.resume();
