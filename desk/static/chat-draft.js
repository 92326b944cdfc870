// What is being written: the visitor is told that, not what; a text message's cost is counted.

const SAY_AGAIN = 4_000;
const COUNT_AFTER = 300;

const several = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;

export class Draft {
  #form;
  #text;
  #size;
  #saidAt = 0;
  #timer;
  #asked = 0;
  #channel = "";
  #mayGo = true;
  #sending = false;

  constructor(form, size) {
    this.#form = form;
    this.#text = form.elements.text;
    this.#size = size;
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("input", () => this.#sayTyping());
  }

  set channel(name) {
    if (name === this.#channel) return;
    this.#channel = name;
    this.#changed();
  }

  set mayGo(may) {
    this.#mayGo = may;
    this.#showButton();
  }

  set sending(now) {
    this.#sending = now;
    this.#showButton();
  }

  clear() {
    this.#text.value = "";
    this.#saidAt = 0;
    this.#changed();
  }

  /** An approved answer, below what is written already. */
  insert(words) {
    const text = this.#text;
    text.value = [text.value.trimEnd(), words].filter(Boolean).join("\n").slice(0, text.maxLength);
    text.dispatchEvent(new Event("input"));
    text.focus();
  }

  #showButton() {
    this.#form.querySelector("button").disabled = this.#sending || !this.#mayGo;
  }

  #sayTyping() {
    if (!this.#text.value.trim() || Date.now() - this.#saidAt < SAY_AGAIN) return;
    this.#saidAt = Date.now();
    this.#post("typing", {}).catch(() => {}); // a sign that is lost harms nobody
  }

  #changed() {
    clearTimeout(this.#timer);
    if (this.#channel === "sms") this.#timer = setTimeout(() => this.#count(), COUNT_AFTER);
  }

  async #count() {
    const asked = (this.#asked += 1);
    try {
      const answer = await this.#post("size", { text: this.#text.value });
      const { texts, segments, costly } = await answer.json();
      if (asked !== this.#asked) return; // counted anew meanwhile
      const why = costly ? ", as it has signs outside of the phones' own alphabet" : "";
      this.#size.textContent = `${several(texts, "text message")}, paid as ${several(segments, "segment")}${why}`;
      this.#size.hidden = texts === 0;
    } catch {
      this.#size.hidden = true;
    }
  }

  async #post(step, fields) {
    const token = this.#form.elements.csrf_token.value;
    const body = new URLSearchParams({ csrf_token: token, ...fields });
    const answer = await fetch(this.#form.action.replace(/write$/, step), { method: "POST", body });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer;
  }
}
