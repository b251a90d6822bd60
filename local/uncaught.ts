import type { Log } from "./log.ts";

/** A function that throws where nobody catches it dies alone at AWS; here it shares our process, which goes on. */
export function surviveUncaught(log: Log): void {
  process.removeAllListeners("uncaughtException");
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      log.say("local", error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  }
}
