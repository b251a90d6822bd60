import type { ReleaseCause } from "../lifecycle/evidence.ts";

/** Why a computation was stopped from outside: the reason of the abort signal it runs under. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly why: ReleaseCause | "lost" | "deadline";

  constructor(why: ReleaseCause | "lost" | "deadline", detail: string) {
    super(detail);
    this.why = why;
  }
}
