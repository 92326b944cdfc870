// While a page is open: asks for urgent tickets and visitors who wait, and says when it cannot.

const EVERY = 15_000;
const sign = document.querySelector("#pulse");
const link = sign.querySelector("a");
const title = document.title;

const count = (n, one, many, what) => (n ? `${n} ${n === 1 ? one : many} ${what}` : "");

function show(words, all) {
  if (link.textContent !== words) link.textContent = words; // said aloud once, not at every pulse
  sign.hidden = words === "";
  document.title = all ? `(${all}) ${title}` : title;
}

async function pulse() {
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
  } catch {
    show("The desk cannot be reached. New tickets are not shown.", 0);
  }
  setTimeout(pulse, EVERY);
}

pulse();
