/** A copy of the conversation as a page that prints well. Names nothing in the file's name. */

import type { Transcript } from "../client/transcript";
import { element } from "./dom";
import { authorName } from "./message-view";
import type { Words } from "./texts";

const STYLE = "body{font:1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}"
  + "h2{font-size:1rem;margin:1rem 0 0;break-after:avoid}p{margin:0;white-space:pre-wrap}";

export function saveCopy(transcript: Transcript, words: Words): void {
  const address = URL.createObjectURL(new Blob([page(transcript, words)], { type: "text/html" }));
  const download = element("a", { href: address, download: words.say("file_name") });
  download.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function page(transcript: Transcript, words: Words): string {
  const made = document.implementation.createHTMLDocument(words.say("file_title"));
  made.documentElement.lang = words.code;
  const charset = made.createElement("meta");
  charset.setAttribute("charset", "utf-8");
  const style = made.createElement("style");
  style.textContent = STYLE;
  made.head.append(charset, style);
  const add = (tag: "h1" | "h2" | "p", text: string) => {
    const part = made.createElement(tag);
    part.textContent = text;
    made.body.append(part);
  };
  const time = (at: string | Date) => new Date(at).toLocaleString(words.code);
  add("h1", words.say("file_title"));
  add("p", `${words.say("file_from")} ${time(new Date())}`);
  for (const message of transcript.messages) {
    add("h2", `${authorName(message, words)}, ${time(message.at)}`);
    add("p", message.text);
  }
  return `<!doctype html>\n${made.documentElement.outerHTML}`;
}
