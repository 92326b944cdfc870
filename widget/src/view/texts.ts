/** The words of the window in one language, as the server hands them out (data/interface/). */

export interface Texts {
  [key: string]: string;
}

export class Words {
  /** The language, such as `en`. */
  readonly code: string;
  #texts: Texts;

  constructor(code: string, texts: Texts) {
    this.code = code;
    this.#texts = texts;
  }

  /** The text of this name, with `{name}` filled in. */
  say(key: string, values: Record<string, string | number> = {}): string {
    const text = this.#texts[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => `${values[name] ?? whole}`);
  }
}
