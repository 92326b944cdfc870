// While a page is open: asks for urgent tickets and visitors who wait, and says when it cannot.

import { alarm } from "./alarm.js";

const EVERY = 15_000;
const sign = document.querySelector("#pulse");
const link = sign.querySelector("a");
const title = document.title;
const LOST = "The desk cannot be reached. New tickets are not shown. Trying again.";

const count = (n, one, many, what) => (n ? `${n} ${n === 1 ? one : many} ${what}` : "");

function show(words, all) {
  if (link.textContent !== words) link.textContent = words; // said aloud once, not at every pulse
  sign.hidden = words === "";
  document.title = all ? `(${all}) ${title}` : title;
  alarm(words);
}

async function ask() {
  try {
    const answer = await fetch("/desk/pulse", { headers: { Accept: "application/json" } });
    if (answer.redirected) return location.reload(); // signed out meanwhile
    if (!answer.ok) throw new Error(answer.statusText);
    const { urgent, waiting, mine } = await answer.json();
    const words = [
      count(urgent, "urgent ticket", "urgent tickets", "that nobody has claimed"),
      count(waiting, "visitor waits", "visitors wait", "for a person"),
      count(mine, "chat waits", "chats wait", "for your answer"),
    ];
    show(words.filter(Boolean).join(", "), urgent + waiting + mine);
    document.dispatchEvent(new Event("desk:pulse"));
  } catch {
    show(LOST, "!");
    document.dispatchEvent(new Event("desk:lost"));
  }
}

let next = null;

async function pulse() {
  clearTimeout(next);
  await ask();
  clearTimeout(next);
  next = setTimeout(pulse, EVERY);
}

document.addEventListener("desk:changed", pulse);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) pulse(); // a hidden page's clock runs slow
});
pulse();
