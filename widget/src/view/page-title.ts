/** A title that gives nothing away in the tab and the task bar, as long as it is wanted. */

export class PageTitle {
  #own: string | null = null;

  show(calm: string | null): void {
    if (calm !== null) {
      this.#own ??= document.title;
      document.title = calm;
    } else if (this.#own !== null) {
      document.title = this.#own;
      this.#own = null;
    }
  }
}
