// Messenger on a page: writes, taps, and shows what comes back, every second.
const $ = (id) => document.getElementById(id);
const ACTIONS = { mark_seen: "Seen", typing_on: "Writing ..." };
let shown = "";

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

function entry(line) {
  const item = document.createElement("li");
  item.className = line.mine === undefined ? "text" : "text mine";
  const template = line.message?.attachment?.payload;
  const body = item.appendChild(document.createElement("p"));
  body.textContent = line.mine ?? template?.text ?? line.message.text;
  const below = item.appendChild(document.createElement("p"));
  below.append(...(template?.buttons ?? []).map((button) => tap(button, false)));
  below.append(...(line.message?.quick_replies ?? []).map((reply) => tap(reply, true)));
  return item;
}

async function look() {
  const answer = await fetch(`/dev/phone/messenger/chat?person=${$("person").value}`);
  const { lines, action } = await answer.json();
  const now = JSON.stringify(lines);
  if (now !== shown) {
    shown = now;
    $("chat").replaceChildren(...lines.map(entry));
    $("chat").lastElementChild?.scrollIntoView({ block: "nearest" });
  }
  $("action").textContent = lines.at(-1)?.mine ? (ACTIONS[action] ?? "") : "";
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const told = await answer.json();
  $("problem").textContent = told.error ?? (told.status > 299 ? `The webhook answered ${told.status}` : "");
  await look();
}

const write = (told) => post("/dev/phone/messenger/chat", { person: $("person").value, ...told });

$("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value;
  $("text").value = "";
  await write({ text });
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    $("write").requestSubmit();
  }
});
$("picture").addEventListener("click", () => write({ picture: true }));
$("start").addEventListener("click", () => write({ text: "Get Started", payload: "get_started" }));
$("simulate").addEventListener("click", (event) => {
  if (event.target.value) post("/dev/phone/messenger/simulate", { happens: event.target.value });
});
$("person").addEventListener("change", look);

async function watch() {
  try {
    await look();
  } catch {
    $("problem").textContent = "The guide cannot be reached.";
  }
  setTimeout(watch, 1000);
}
watch();
