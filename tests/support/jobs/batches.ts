import { batchBody } from "@sluice/contract/batch";
import { validate } from "@sluice/contract/validate";
import { acceptBatch } from "../../../jobs/batches/submit.ts";
import { sha256 } from "../../../jobs/ids.ts";
import type { Job } from "../../../jobs/record.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import type { World } from "./memory-ports.ts";
import { lambdaMachine } from "./submitting.ts";

/** Submits a batch as the HTTP function does. */
export async function submittedBatch(
  world: World,
  body: unknown,
  { owner = "local", idempotencyKey }: { owner?: string; idempotencyKey?: string } = {},
) {
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  const idempotency = { requestHash: sha256(JSON.stringify(body)), ...key };
  return acceptBatch(validate(batchBody, body), owner, idempotency, world.ports);
}

export const jobsOf = ({ items }: Awaited<ReturnType<typeof acceptBatch>>): Job[] =>
  items.flatMap((item) => ("job" in item ? [item.job] : []));

/** Works on every message that was sent so far. */
export async function workedOff(world: World): Promise<void> {
  for (const message of world.messages.splice(0)) await work(message, lambdaMachine(), compute, world.ports);
}

const matrix = (first: number) => ({
  data: [
    [first, 1],
    [0, 1],
  ],
});
/** Inverses of `count` matrices, of which those at `singular` have none. */
export const inverses = (count: number, ...singular: number[]) => ({
  defaults: { operation: "inv", labels: { team: "x" } },
  jobs: Array.from({ length: count }, (_, index) => ({
    inputs: { a: matrix(singular.includes(index) ? 0 : index + 1) },
  })),
});
