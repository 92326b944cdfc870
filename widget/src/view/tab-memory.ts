/** Kept for this tab only, and gone with it. Where storage is blocked, a reload starts afresh. */

import type { Kept, Memory } from "../client/types";

export interface Wishes {
  open?: boolean;
  sound?: boolean;
  calm?: boolean;
  language?: string;
}

type Stored = Partial<Kept> & { wishes?: Wishes };

export class TabMemory implements Memory {
  wishes: Wishes;
  #key: string;
  #kept: Kept | null = null;

  constructor(key: string) {
    this.#key = key;
    this.wishes = this.#stored()?.wishes ?? {};
  }

  read(): Partial<Kept> | null {
    return this.#stored();
  }

  write(kept: Kept): void {
    this.#kept = kept;
    this.#store();
  }

  /** How the visitor wants the window; stored with the chat and never without one. */
  wish(wishes: Wishes): void {
    this.wishes = { ...this.wishes, ...wishes };
    this.#kept ??= this.#known();
    if (this.#kept) this.#store();
  }

  forget(): void {
    this.#kept = null;
    try {
      sessionStorage.removeItem(this.#key);
    } catch {
      // Nothing was stored.
    }
  }

  #known(): Kept | null {
    const { token, unsent } = this.#stored() ?? {};
    return token === undefined ? null : { token, unsent: unsent ?? [] };
  }

  #stored(): Stored | null {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? "null");
    } catch {
      return null;
    }
  }

  #store(): void {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify({ ...this.#kept, wishes: this.wishes }));
    } catch {
      // Blocked or full: the chat goes on without it.
    }
  }
}
