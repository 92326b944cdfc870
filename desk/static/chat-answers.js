// Approved answers beside the chat: found by words, put into the answer, sent by a person.

export function showAnswers(block, insert) {
  const part = (name) => block.querySelector(`[data-part="${name}"]`);
  const query = part("query");
  let asked = 0;

  function row({ title, text }) {
    const made = document.createElement("li");
    const head = document.createElement("strong");
    head.textContent = title;
    const words = document.createElement("p");
    words.className = "text";
    words.textContent = text;
    const take = document.createElement("button");
    take.type = "button";
    take.className = "quiet";
    take.textContent = "Put into your answer";
    take.setAttribute("aria-label", `Put into your answer: ${title}`);
    take.addEventListener("click", () => insert(text));
    made.append(head, words, take);
    return made;
  }

  async function find() {
    const mine = (asked += 1);
    try {
      const answer = await fetch(`${block.dataset.source}?q=${encodeURIComponent(query.value)}`);
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const { suggestions } = await answer.json();
      if (mine !== asked) return; // asked anew meanwhile
      part("list").replaceChildren(...suggestions.map(row));
      const what = query.value.trim() ? "your search" : "what the visitor wrote last";
      part("found").textContent = suggestions.length ? `For ${what}:` : `No answer fits ${what}.`;
    } catch {
      part("found").textContent = "The answers cannot be searched right now.";
    }
  }

  part("find").addEventListener("click", find);
  query.addEventListener("keydown", (event) => event.key === "Enter" && find());
  block.hidden = false;
  block.addEventListener("toggle", () => block.open && find());
  /** The visitor has written: what fits may be another answer now. */
  return () => block.open && !query.value.trim() && find();
}
