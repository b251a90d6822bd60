import { type Operands, threadsFor } from "@sluice/compute";
import { arrayToJson, leastJsonLength } from "@sluice/contract/array-json";
import type { JobView, OutputView } from "@sluice/contract/job";
import { maxJsonResultBytes } from "@sluice/contract/limits";
import { Problem } from "@sluice/contract/problem";
import type { SubmitBody } from "@sluice/contract/submit";
import { jobView } from "../api/view.ts";
import { sha256 } from "../ids.ts";
import { lanes } from "../lanes/table.ts";
import type { Compute, Ports } from "../ports.ts";
import { isAwaitedInput } from "../record.ts";
import { readInput } from "../run/arrays.ts";
import { limits } from "../timing.ts";
import { type PreparedInput, type PreparedJob, prepare } from "./prepare.ts";
import { submit } from "./submit.ts";

/** What the direct function answers when it could do the work itself. */
export interface DirectResult extends Pick<PreparedJob, "operation" | "params"> {
  readonly outputs: Readonly<Record<string, OutputView>>;
  readonly computeSeconds: number;
}

/**
 * Computes at once, without a job: nothing is stored, so nothing can be asked for later. Work that is
 * routed to a machine of its own, or has to wait for its inputs, becomes a job of `owner` instead.
 *
 * @throws Problem for whatever the caller got wrong, or for a numeric failure
 */
export async function computeDirectly(
  body: SubmitBody,
  owner: string,
  compute: Compute,
  ports: Ports,
): Promise<DirectResult | JobView> {
  const prepared = await prepare(body, owner, ports);
  if (lanes[prepared.route.target].launch !== "inline" || waits(prepared)) {
    const requestHash = sha256(JSON.stringify(body));
    const { job } = await submit(prepared, { requestHash }, ports);
    return jobView(job, ports);
  }
  const inputs = await arraysOf(prepared, ports);
  const { operation, params } = prepared;
  const startedAt = ports.now();
  const results = await compute(
    { operation, params, inputs, threads: threadsFor(prepared.route.vcpu) },
    {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      mayBlock: prepared.route.estimate.seconds < limits.blockingSeconds,
    },
  );
  const outputs = Object.entries(results).map(([name, array]): [string, OutputView] => {
    const { shape, dtype, data } = array;
    if (leastJsonLength(array) > maxJsonResultBytes) {
      const detail = `${name} is more than ${maxJsonResultBytes} bytes of JSON; submit a job and fetch its .npy instead`;
      throw new Problem("result-too-large", detail, { field: name });
    }
    return [name, { shape, dtype, bytes: data.byteLength, data: arrayToJson(array) }];
  });
  return {
    operation,
    params,
    outputs: Object.fromEntries(outputs),
    computeSeconds: (ports.now() - startedAt) / 1000,
  };
}

function waits({ inputs }: PreparedJob): boolean {
  return Object.values(inputs).some((input) => input.kind === "ref" && isAwaitedInput(input.ref));
}

async function arraysOf({ inputs }: PreparedJob, { objects }: Pick<Ports, "objects">): Promise<Operands> {
  const read = async (name: string, input: PreparedInput): Promise<Operands[string]> => {
    if (input.kind === "bytes") return input.array;
    if (input.kind === "spec") throw new Error("a submit body holds no bare shapes");
    return readInput(name, input.ref, objects);
  };
  const entries = Object.entries(inputs).map(
    async ([name, input]) => [name, await read(name, input)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
