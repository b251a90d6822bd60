import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log.ts";
import type { Invocation } from "./function.ts";

/** An EventBridge pattern: for each field the accepted values, or a pattern for what is inside it. */
export interface EventPattern {
  readonly [field: string]: readonly unknown[] | EventPattern;
}

export interface Rule {
  readonly pattern: EventPattern;
  readonly target: string;
  invoke(event: unknown): Promise<Invocation>;
}

/** Lambda retries an asynchronous invocation twice, after one and two minutes; here after seconds. */
const retryDelaysMs = [1000, 2000];

const isPattern = (value: unknown): value is EventPattern =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function known(field: string, expected: readonly unknown[]): void {
  if (expected.some((value) => typeof value === "object" && value !== null))
    throw new Error(`event pattern ${field}: the local cloud matches exact values only`);
}

/** Said when a rule is made, not when the first event comes, which is somebody else's to send. */
function check(pattern: EventPattern): void {
  for (const [field, expected] of Object.entries(pattern)) {
    if (isPattern(expected)) check(expected);
    else known(field, expected);
  }
}

/** Exact values and nested patterns; of EventBridge's other matchers none. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  if (typeof event !== "object" || event === null) return false;
  return Object.entries(pattern).every(([field, expected]) => {
    const actual = (event as Record<string, unknown>)[field];
    if (isPattern(expected)) return matches(expected, actual);
    known(field, expected);
    return Array.isArray(actual) ? actual.some((item) => expected.includes(item)) : expected.includes(actual);
  });
}

/** The default event bus: every rule whose pattern matches gets the event, with Lambda's retries. */
export class EventBus {
  readonly #rules: Rule[] = [];
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #deliveries = new Set<Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  addRule(rule: Rule): void {
    check(rule.pattern);
    this.#rules.push(rule);
  }

  put(event: unknown): void {
    for (const rule of this.#rules.filter(({ pattern }) => matches(pattern, event))) {
      const delivery = this.#deliver(rule, event).finally(() => this.#deliveries.delete(delivery));
      this.#deliveries.add(delivery);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#deliveries);
  }

  async #deliver({ target, invoke }: Rule, event: unknown): Promise<void> {
    for (const pause of [...retryDelaysMs, undefined]) {
      const { functionError, payload } = await invoke(event);
      if (!functionError || this.#stopping.signal.aborted) return;
      this.#log.say("events", `${target} failed: ${payload}`);
      if (pause === undefined) return;
      try {
        await delay(pause, undefined, { signal: this.#stopping.signal });
      } catch {
        return; // stopped while it waited
      }
    }
  }
}
