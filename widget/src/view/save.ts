/** A copy of the conversation as a page that prints well. Names nothing in the file's name. */

import type { Transcript } from "../client/transcript";
import { element } from "./dom";
import { authorName } from "./message-view";
import type { Words } from "./texts";

const STYLE = "body{max-width:40rem}h2{font-size:1rem;break-after:avoid}p{white-space:pre-wrap}";

export function saveCopy(transcript: Transcript, words: Words): void {
  download(page(transcript, words), "html", words);
}

/** Everything that the guide keeps of the chat; says so if it cannot be had. */
export function saveOwnData(data: Promise<string>, words: Words): Promise<string | void> {
  return data.then(
    (text) => download(text, "plain", words),
    () => words.say("rating_failed"),
  );
}

function download(content: string, kind: "html" | "plain", words: Words): void {
  const address = URL.createObjectURL(new Blob([content], { type: `text/${kind}` }));
  const name = `${words.say("file_name")}.${kind === "html" ? kind : "txt"}`;
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Made of elements, so that all words in it are words; the style stands apart as this page's
    own policy may forbid one. */
export function page(transcript: Transcript, words: Words): string {
  const time = (at: string | Date) => new Date(at).toLocaleString(words.code);
  const name = words.say("file_title");
  const body = element("body", {}, element("h1", { text: name }));
  body.append(element("p", { text: `${words.say("file_from")} ${time(new Date())}` }));
  for (const message of transcript.messages) {
    const head = `${authorName(message, words)}, ${time(message.at)}`;
    body.append(element("h2", { text: head }), element("p", { text: message.text }));
  }
  const title = element("title", { text: name }).outerHTML;
  const head = `<meta charset="utf-8">${title}<style>${STYLE}</style>`;
  return `<!doctype html><html lang="${words.code}"><head>${head}</head>${body.outerHTML}</html>`;
}
