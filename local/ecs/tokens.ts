import { EcsError, type RunTaskInput, type RunTaskOutput } from "./model.ts";

/** A token lives for a day, and until an hour after its task stopped. */
const dayMs = 86_400_000;
const hourMs = 3_600_000;

interface Use {
  readonly request: string;
  readonly output: RunTaskOutput;
  readonly at: number;
}

/** Equal requests have equal text, whatever the order of their fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** RunTask's idempotency: one token, one outcome, a refusal included; other parameters are a conflict. */
export class TokenStore {
  readonly #uses = new Map<string, Use>();

  once(input: RunTaskInput, run: () => RunTaskOutput): RunTaskOutput {
    const { clientToken, ...request } = input;
    if (clientToken === undefined) return run();
    this.#forget();
    const known = this.#uses.get(clientToken);
    if (!known) {
      const output = run();
      this.#uses.set(clientToken, { request: canonical(request), output, at: Date.now() });
      return output;
    }
    if (known.request !== canonical(request)) {
      throw new EcsError(
        "ConflictException",
        "The clientToken was used with other parameters within its lifetime.",
        { resourceIds: known.output.tasks.map(({ taskArn }) => taskArn) },
      );
    }
    return known.output;
  }

  #forget(): void {
    for (const [token, { at, output }] of this.#uses) {
      const stoppedAt = output.tasks.map((task) => (task.stoppedAt ?? Number.POSITIVE_INFINITY) * 1000);
      const ends = Math.min(at + dayMs, Math.max(0, ...stoppedAt) + hourMs);
      if (Date.now() > (output.tasks.length > 0 ? ends : at + dayMs)) this.#uses.delete(token);
    }
  }
}
