// A phone on a page: sends texts, and shows what comes back, every second.
const $ = (id) => document.getElementById(id);
let shown = "";

function entry(text) {
  const item = document.createElement("li");
  item.className = text.inbound ? "text mine" : "text";
  const body = item.appendChild(document.createElement("p"));
  body.textContent = text.body;
  const meta = item.appendChild(document.createElement("p"));
  meta.className = "meta";
  const parts = `${text.length} characters, ${text.alphabet}, ${text.segments} segment${text.segments === 1 ? "" : "s"}`;
  meta.textContent = `${text.status}${text.error ? ` (${text.error})` : ""} · ${parts}`;
  return item;
}

async function look() {
  const number = encodeURIComponent($("number").value);
  const answer = await fetch(`/dev/phone/texts?number=${number}`);
  const { texts, simulate } = await answer.json();
  const now = JSON.stringify(texts);
  if (now !== shown) {
    shown = now;
    $("texts").replaceChildren(...texts.map(entry));
    $("texts").lastElementChild?.scrollIntoView({ block: "nearest" });
  }
  $("waiting").textContent = simulate.length ? `Will happen: ${simulate.join(", ")}` : "";
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const told = await answer.json();
  $("problem").textContent = told.error ?? (told.status > 299 ? `The webhook answered ${told.status}` : "");
  await look();
}

$("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value;
  $("text").value = "";
  await post("/dev/phone/texts", { number: $("number").value, text });
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    $("write").requestSubmit();
  }
});
$("picture").addEventListener("click", () => post("/dev/phone/texts", { number: $("number").value, picture: true }));
$("simulate").addEventListener("click", (event) => {
  if (event.target.value) post("/dev/phone/simulate", { happens: event.target.value });
});
$("number").addEventListener("change", look);

async function watch() {
  try {
    await look();
  } catch {
    $("problem").textContent = "The guide cannot be reached.";
  }
  setTimeout(watch, 1000);
}
watch();
