// The chat on a ticket's page: what is said appears by itself, a line is sent without leaving it.

import { showAnswers } from "./chat-answers.js";
import { Draft } from "./chat-draft.js";
import { Countdown } from "./chat-window.js";

const chat = document.querySelector("#chat");
const part = (name) => chat.querySelector(`[data-part="${name}"]`);
const log = part("log");
const write = part("write");
const countdown = new Countdown(part("window"), part("left"));
const draft = new Draft(write, part("size"));
let states = {};
let after = Number(chat.dataset.after);

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function showMessage({ seq, author, who, at, text }) {
  if (seq <= after) return;
  after = seq;
  const meta = element("p", "meta", ` ${at}`);
  meta.prepend(element("strong", "", who));
  const made = element("li", author, "");
  made.dataset.seq = seq;
  made.append(meta, element("p", "text", text));
  log.append(made);
  showDelivery(made);
  if (author === "visitor") refreshAnswers();
  made.scrollIntoView({ block: "nearest" });
}

function showDelivery(line) {
  const state = states[line.dataset.seq];
  if (!state) return;
  const shown = line.querySelector(".delivery") ?? element("p", "", "");
  shown.className = `delivery ${state.problem ? "error" : "meta"}`;
  if (shown.textContent !== state.words) shown.textContent = state.words;
  if (!shown.isConnected) line.append(shown);
}

function showState(state) {
  const { words, can, danger, unheard, typing, opted_out: out, channel, until, deliveries, gone } = state;
  states = deliveries ?? {};
  for (const line of log.querySelectorAll("li[data-seq]")) showDelivery(line);
  part("opted-out").hidden = !out;
  part("typing").textContent = typing ? "The visitor is writing…" : "";
  countdown.until = until;
  draft.channel = channel;
  draft.mayGo = !out && !countdown.isOver;
  if (part("words").textContent !== words) part("words").textContent = words;
  part("kind").textContent = danger ?? "";
  part("danger").hidden = !danger;
  part("unheard").hidden = !unheard;
  for (const block of chat.querySelectorAll("[data-when]")) {
    block.hidden = block.dataset.when !== (can ?? "");
  }
  if (!gone) return;
  log.replaceChildren();
  write.elements.text.value = "";
}

function showProblem(words) {
  part("problem").textContent = words;
  part("problem").hidden = words === "";
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A line that may have arrived keeps its id, so that sending it again stores it once. */
async function send() {
  draft.sending = true;
  showProblem("");
  try {
    const body = new URLSearchParams(new FormData(write));
    const headers = { Accept: "application/json" };
    const answer = await fetch(write.action, { method: "POST", headers, body });
    if (answer.redirected) return location.reload(); // signed out meanwhile
    if (!answer.ok) {
      const refusal = await answer.json().catch(() => ({}));
      return showProblem(refusal.problem ?? "This could not be sent. Please try again.");
    }
    draft.clear();
    write.elements.line_id.value = newId();
  } catch {
    showProblem("The desk cannot be reached. Your words are still here: please try again.");
  } finally {
    draft.sending = false;
    write.elements.text.focus();
  }
}

write.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
write.elements.text.addEventListener("keydown", (event) => {
  const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (event.key !== "Enter" || !plain || event.isComposing) return;
  event.preventDefault();
  write.requestSubmit();
});

function listen() {
  const events = new EventSource(`${chat.dataset.events}?after=${after}`);
  events.addEventListener("message", (event) => showMessage(JSON.parse(event.data)));
  events.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    showState(state);
    if (state.gone) events.close();
  });
  events.addEventListener("error", () => {
    if (events.readyState !== EventSource.CLOSED) return; // it tries again by itself
    part("words").textContent = "This page is not live any more. Reload it to go on.";
  });
}

log.parentElement.scrollTop = log.parentElement.scrollHeight; // what was said last
const refreshAnswers = showAnswers(part("answers"), (text) => draft.insert(text));
countdown.changed = () => { draft.mayGo = !countdown.isOver && part("opted-out").hidden; };
listen();
