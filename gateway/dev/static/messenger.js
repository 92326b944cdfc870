// Messenger on a page: buttons and quick replies to tap.
import { $, channel, paragraph } from "/dev/static/channel.js";

const ACTIONS = { mark_seen: "Seen", typing_on: "Writing ..." };

function tap(button, quick) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = button.title;
  if (button.type === "phone_number" || button.type === "web_url") {
    made.disabled = true;
    made.title = button.payload ?? button.url;
  } else {
    made.addEventListener("click", () => write({ text: button.title, payload: button.payload, quick }));
  }
  return made;
}

function entry(line, place, lines) {
  const item = document.createElement("li");
  item.className = line.mine === undefined ? "text" : "text mine";
  const template = line.message?.attachment?.payload;
  paragraph(item, line.mine ?? template?.text ?? line.message.text);
  const below = paragraph(item, "");
  below.append(...(template?.buttons ?? []).map((button) => tap(button, false)));
  if (place === lines.length - 1) {
    // Quick replies go when something else is said.
    below.append(...(line.message?.quick_replies ?? []).map((reply) => tap(reply, true)));
  }
  return item;
}

function told({ lines, action }) {
  $("action").textContent = lines.at(-1)?.mine ? (ACTIONS[action] ?? "") : "";
}

const write = channel({ path: "/dev/phone/messenger/chat", who: "person", entry, told });
$("start").addEventListener("click", () => write({ text: "Get Started", payload: "get_started" }));
