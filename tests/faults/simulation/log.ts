import { AsyncLocalStorage } from "node:async_hooks";
import type { Log as TelemetryLog } from "../../../jobs/telemetry.ts";
import type { Clock } from "./clock.ts";
import { current, type Machine } from "./machine.ts";

interface LogLine {
  readonly at: number;
  readonly machine: string | undefined;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

type Write = (message: string, fields: Record<string, unknown>) => void;

/** Every line our code wrote; a dead machine writes none. */
export class Log implements TelemetryLog {
  readonly lines: LogLine[] = [];
  /** Messages that a function could not answer, as our code said it. */
  readonly broken = new WeakMap<Machine, Set<string>>();
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;

  constructor(clock: Clock) {
    const write: Write = (message, fields) => {
      const machine = current();
      if (machine?.alive === false) return;
      if (machine && message.startsWith("message not answered"))
        this.#note(machine, String(fields.messageId));
      this.lines.push({ at: clock.now, machine: machine?.name, message, fields });
    };
    this.debug = write;
    this.info = write;
    this.warn = write;
    this.error = write;
  }

  #note(machine: Machine, messageId: string): void {
    this.broken.set(machine, (this.broken.get(machine) ?? new Set()).add(messageId));
  }

  /** A function may have several jobs at once: each is looked after in a scope of its own. */
  addContext({ jobId }: Record<string, unknown>): void {
    const scope = scopes.getStore();
    if (scope && typeof jobId === "string") scope.jobId = jobId;
  }

  scope<Value>(run: () => Promise<Value>): Promise<Value> {
    return scopes.run({ jobId: undefined }, run);
  }
}

const scopes = new AsyncLocalStorage<{ jobId: string | undefined }>();

/** The job that the code which runs now is about. */
export function currentJob(): string | undefined {
  return scopes.getStore()?.jobId ?? current()?.jobId;
}
