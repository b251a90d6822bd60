import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { sha256 } from "../../../jobs/ids.ts";
import type { Compute } from "../../../jobs/ports.ts";
import type { Job } from "../../../jobs/record.ts";
import { prepare } from "../../../jobs/submit/prepare.ts";
import { submit } from "../../../jobs/submit/submit.ts";
import type { World } from "./memory-ports.ts";

/** Submits a body as the HTTP function does. */
export async function submitted(
  world: World,
  body: unknown = {
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },
  { owner = "local", idempotencyKey }: { owner?: string; idempotencyKey?: string } = {},
): Promise<{ job: Job; replayed: boolean }> {
  const checked = validate(submitBody, body);
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  const prepared = await prepare(checked, owner, world.ports);
  return submit(prepared, { requestHash: sha256(JSON.stringify(body)), ...key }, world.ports);
}

/** A computation that takes this long, says how far it is, and can be stopped; the result is its input. */
export function lasting(milliseconds: number): Compute {
  return ({ inputs }, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      onProgress(0.5);
      const timer = setTimeout(
        () => resolve({ result: inputs.a ?? Object.values(inputs)[0] } as never),
        milliseconds,
      );
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
    });
}

/** A computation that ends at once with this. */
export function throwing(error: Error): Compute {
  return async () => {
    throw error;
  };
}

/** A Lambda function with this much time left. */
export function lambdaMachine(seconds = 120) {
  return { target: "lambda" as const, killedAt: Date.now() + seconds * 1000 };
}
