// A phone on a page: what a text cost and what became of it.
import { $, channel, paragraph } from "/dev/static/channel.js";

function entry(text) {
  const item = document.createElement("li");
  item.className = text.inbound ? "text mine" : "text";
  paragraph(item, text.body);
  const segments = `${text.segments} segment${text.segments === 1 ? "" : "s"}`;
  const state = `${text.status}${text.error ? ` (${text.error})` : ""}`;
  paragraph(item, `${state} · ${text.length} characters, ${text.alphabet}, ${segments}`, "meta");
  return item;
}

function told({ simulate }) {
  $("waiting").textContent = simulate.length ? `Will happen: ${simulate.join(", ")}` : "";
}

channel({ path: "/dev/phone/texts", who: "number", entry, told });
