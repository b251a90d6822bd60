import type { Route } from "./http-api.ts";

/** Says what a start waits for: each part when it is there, and at the end what can be called. */
export class Progress {
  readonly #write: (text: string) => unknown;
  readonly #now: () => number;
  readonly #began: number;

  constructor(
    write: (text: string) => unknown = (text) => process.stdout.write(text),
    now: () => number = () => performance.now(),
  ) {
    this.#write = write;
    this.#now = now;
    this.#began = now();
  }

  /** Says it when `part` has come, and hands it on. */
  async of<Part>(name: string, part: Promise<Part>): Promise<Part> {
    const value = await part;
    const seconds = (this.#now() - this.#began) / 1000;
    this.#write(`after ${seconds.toFixed(1)} s: ${name}\n`);
    return value;
  }

  /** The last line is for programs too: local/stack-process.ts reads it. */
  ready(url: string, routes: readonly Route[]): void {
    const lines = routes.map(({ method, path }) => `  ${method.toUpperCase().padEnd(7)} ${path}`);
    this.#write(`${lines.join("\n")}\nready ${url}\n`);
  }
}
