// While a page is open: asks for urgent tickets that nobody has claimed, and says when it cannot.

const EVERY = 15_000;
const sign = document.querySelector("#pulse");
const link = sign.querySelector("a");
const title = document.title;

function show(words, urgent) {
  if (link.textContent !== words) link.textContent = words; // said aloud once, not at every pulse
  sign.hidden = words === "";
  document.title = urgent ? `(${urgent}) ${title}` : title;
}

async function pulse() {
  try {
    const answer = await fetch("/desk/pulse", { headers: { Accept: "application/json" } });
    if (answer.redirected) return location.reload(); // signed out meanwhile
    if (!answer.ok) throw new Error(answer.statusText);
    const { urgent } = await answer.json();
    const words = urgent === 1 ? "1 urgent ticket" : `${urgent} urgent tickets`;
    show(urgent ? `${words} that nobody has claimed` : "", urgent);
  } catch {
    show("The desk cannot be reached. New tickets are not shown.", 0);
  }
  setTimeout(pulse, EVERY);
}

pulse();
