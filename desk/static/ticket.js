// One ticket's page: who else is here, lines ready to say, single keys, paper.

import { listen } from "./keys.js";

const EVERY = 5_000;
const WRITES = 6_000; // how long after a key one counts as writing
const others = document.querySelector("#others");
const print = document.querySelector("[data-print]");
const line = document.querySelector("#line");
let wroteAt = -WRITES;

function names(found, typing) {
  return found.filter((each) => each.typing === typing).map((each) => each.name).join(", ");
}

async function look() {
  try {
    const typing = performance.now() - wroteAt < WRITES ? "?typing=yes" : "";
    const answer = await fetch(others.dataset.here + typing, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) {
      const { others: found } = await answer.json();
      const here = names(found, false);
      const writing = names(found, true);
      const words = [writing && `Writing here now: ${writing}`, here && `Also here: ${here}`];
      const said = words.filter(Boolean).join(". ");
      if (others.textContent !== said) others.textContent = said;
      others.hidden = said === "";
    }
  } catch {
    // the pulse says that the desk cannot be reached
  }
  setTimeout(look, EVERY);
}

if (others) {
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) wroteAt = performance.now();
  });
  look();
}

for (const button of document.querySelectorAll("[data-insert]")) {
  button.hidden = !line;
  button.addEventListener("click", () => {
    if (line.closest("[hidden]")) return void document.querySelector("#chat").scrollIntoView();
    const words = button.parentElement.querySelector("[data-reply]").textContent;
    line.value = [line.value.trim(), words].filter(Boolean).join("\n");
    line.dispatchEvent(new Event("input", { bubbles: true }));
    line.focus();
  });
}

if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
} else {
  listen({
    u: ["Back to the list", () => document.querySelector('[data-key="back"]').click()],
    n: ["Write a note", () => document.querySelector("#note").focus()],
    r: ["Write to the visitor", () => line?.focus()],
  });
}
