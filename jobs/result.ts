import type { ResultView } from "@sluice/contract/job";
import { maxJsonResultBytes } from "@sluice/contract/limits";
import { Problem } from "@sluice/contract/problem";
import { jsonWithin, outputLink } from "./arrays.ts";
import type { Ports } from "./ports.ts";
import type { Job, OutputRef } from "./record.ts";

/**
 * One output of a COMPLETED job: as JSON, or as a link to its `.npy` when that is wanted or JSON would be
 * too large.
 *
 * @throws Problem `not-finished`, `failed`, `cancelled`, `output-not-found`, `expired`, or `result-too-large`
 * when only JSON was wanted
 */
export async function resultOf(
  job: Job,
  name: string,
  wanted: { npy: boolean; jsonOnly: boolean },
  { objects }: Pick<Ports, "objects">,
): Promise<ResultView | { readonly url: string }> {
  const output = outputOf(job, name);
  const { shape, dtype } = output;
  const link = async () => ({ url: await outputLink(job, name, output, objects) });
  if (wanted.npy) return link();
  const json = await jsonWithin(output, maxJsonResultBytes, objects);
  if (json) return { result: json, shape, dtype };
  if (!wanted.jsonOnly) return link();
  const detail = `the result is more than ${maxJsonResultBytes} bytes of JSON; fetch the .npy at url instead`;
  throw new Problem("result-too-large", detail, { expected: "Accept: application/x-npy", ...(await link()) });
}

function outputOf(job: Job, name: string): OutputRef {
  switch (job.status) {
    case "FAILED":
      throw new Problem("failed", `job ${job.jobId} failed: ${job.error?.message ?? job.statusReason}`);
    case "CANCELLED":
      throw new Problem("cancelled", `job ${job.jobId} was cancelled`);
    case "COMPLETED": {
      const output = job.outputs?.[name];
      if (output) return output;
      const names = Object.keys(job.outputs ?? {}).join(", ");
      throw new Problem("output-not-found", `output: expected one of ${names}, got ${name}`, {
        field: "output",
      });
    }
    default:
      throw new Problem("not-finished", `job ${job.jobId} is ${job.status}: ${job.statusReason}`);
  }
}
