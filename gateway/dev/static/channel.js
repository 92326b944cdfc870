// What the pages to try channels with share: what arrived, every second, and what is sent.
export const $ = (id) => document.getElementById(id);

export function paragraph(item, text, className = "") {
  const made = item.appendChild(document.createElement("p"));
  made.textContent = text;
  made.className = className;
  return made;
}

// `path` is where a person's lines are read and written, `who` the field that names the person,
// `entry` makes a line's element; `told` is called with each answer.
export function channel({ path, who, entry, told }) {
  let shown = "";

  async function look() {
    const person = $(who).value;
    const answer = await fetch(`${path}?${new URLSearchParams({ [who]: person })}`);
    const content = await answer.json();
    const now = JSON.stringify([person, content.lines]);
    if (now !== shown) {
      shown = now;
      $("lines").replaceChildren(...content.lines.map(entry));
      $("lines").scrollTop = $("lines").scrollHeight;
    }
    told(content);
  }

  async function post(to, body) {
    const headers = { "Content-Type": "application/json" };
    try {
      const answer = await fetch(to, { method: "POST", headers, body: JSON.stringify(body) });
      const { error, status } = await answer.json();
      $("problem").textContent = error ?? (status > 299 ? `The webhook answered ${status}` : "");
      await look();
    } catch {
      $("problem").textContent = "The guide cannot be reached.";
    }
  }

  const write = (body) => post(path, { [who]: $(who).value, ...body });

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
  $("simulate").addEventListener("click", (event) => {
    if (event.target.value) post(path.replace(/[^/]+$/, "simulate"), { happens: event.target.value });
  });
  $(who).addEventListener("change", look);

  let down = false;
  async function watch() {
    try {
      await look();
      if (down) $("problem").textContent = "";
      down = false;
    } catch {
      down = true;
      $("problem").textContent = "The guide cannot be reached.";
    }
    setTimeout(watch, 1000);
  }
  watch();
  return write;
}
