// How long a channel still lets us write to a person.

const EVERY = 20_000;
const MINUTE = 60_000;

export class Countdown {
  changed = () => {};
  #line;
  #left;
  #until;

  constructor(line, left) {
    this.#line = line;
    this.#left = left;
    this.until = line.dataset.until;
    setInterval(() => this.#show(), EVERY);
  }

  /** A time in ISO form; nothing for a channel without such a rule. */
  set until(at) {
    this.#until = at ? Date.parse(at) : null;
    this.#show();
  }

  get isOver() {
    return this.#until !== null && this.#until <= Date.now();
  }

  #show() {
    this.#line.hidden = this.#until === null;
    if (this.#until === null || !this.#left) return;
    const time = this.#line.querySelector("time");
    const iso = new Date(this.#until).toISOString();
    time.dateTime = iso;
    time.textContent = `${iso.slice(0, 16).replace("T", " ")} UTC`;
    const minutes = Math.max(0, Math.floor((this.#until - Date.now()) / MINUTE));
    const hours = Math.floor(minutes / 60);
    this.#left.textContent = this.isOver ? " (over)" : ` (${hours} h ${minutes % 60} min left)`;
    this.#line.classList.toggle("error", minutes < 60);
    this.changed();
  }
}
