// The list of tickets: kept up to date without a reload, and worked through with single keys.

import { listen } from "./keys.js";

const queue = document.querySelector("#queue");
const links = () => [...queue.querySelectorAll("tbody th a")];
const here = () => links().indexOf(queue.querySelector("tr:focus-within th a"));

function go(step) {
  const all = links();
  const place = Math.min(Math.max(here() + step, 0), all.length - 1);
  all[place]?.focus();
}

let shown = "";
let asking = false;
let again = false;

/** Puts the list as it is now in place of the one shown; what had the focus keeps it. */
async function refresh() {
  if (asking) return void (again = true);
  asking = true;
  try {
    const answer = await fetch(queue.dataset.live);
    if (!answer.ok || answer.redirected) return; // the pulse says what is wrong
    const fresh = await answer.text();
    if (fresh === shown) return;
    shown = fresh;
    const parsed = new DOMParser().parseFromString(fresh, "text/html");
    const key = queue.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const moved = queue.querySelector(".scroll")?.scrollLeft ?? 0;
    queue.replaceChildren(...parsed.body.childNodes);
    const region = queue.querySelector(".scroll");
    if (region) region.scrollLeft = moved;
    if (key) queue.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  } catch {
    // the pulse says so
  } finally {
    asking = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

if (queue.dataset.live) {
  document.addEventListener("desk:pulse", refresh);
  const listenTo = () => {
    const events = new EventSource("/desk/queue/events");
    events.addEventListener("changed", () => document.dispatchEvent(new Event("desk:changed")));
    events.addEventListener("error", () => {
      if (events.readyState === EventSource.CLOSED) setTimeout(listenTo, 15_000);
      document.dispatchEvent(new Event("desk:changed")); // the pulse sees whether anybody is there
    });
  };
  listenTo();
}

listen({
  j: ["The next ticket", () => go(1)],
  k: ["The ticket before", () => go(-1)],
  Enter: ["Open the ticket", null],
  c: ["Claim the ticket", () => queue.querySelector("tr:focus-within form")?.requestSubmit()],
  "/": ["Find a ticket", () => document.querySelector("#words").focus()],
});
