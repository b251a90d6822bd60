import type { Log as TelemetryLog } from "../../../jobs/telemetry.ts";
import type { Clock } from "./clock.ts";
import { current } from "./machine.ts";

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
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;

  constructor(clock: Clock) {
    const write: Write = (message, fields) => {
      const machine = current();
      if (machine?.alive === false) return;
      this.lines.push({ at: clock.now, machine: machine?.name, message, fields });
    };
    this.debug = write;
    this.info = write;
    this.warn = write;
    this.error = write;
  }

  addContext(): void {}

  scope<Value>(run: () => Promise<Value>): Promise<Value> {
    return run();
  }
}
