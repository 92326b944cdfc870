/** Waiting that can be cut short, and how long to wait between tries. */

const LONGEST_SECONDS = 30;

/** Doubles with each failure; spread, so that visitors do not all come back at once. */
export function backOff(failures: number, random = Math.random): number {
  const whole = Math.min(LONGEST_SECONDS, 2 ** (failures - 1));
  return whole * (0.5 + random() / 2);
}

export class Pause {
  #finish = () => {};

  wait(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#finish = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end(): void {
    this.#finish();
  }
}
