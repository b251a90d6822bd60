import { type Arrays, type Operands, threadsFor } from "@sluice/compute";
import { Problem } from "@sluice/contract/problem";
import { expressRoute } from "../cost/express-route.ts";
import { randomId } from "../ids.ts";
import { type AtOnce, endedAtOnce } from "../lifecycle/at-once.ts";
import type { Finish } from "../lifecycle/evidence.ts";
import { measuresOf } from "../lifecycle/measures.ts";
import { logContext } from "../log-context.ts";
import type { Compute, Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { writeOutputs } from "../run/arrays.ts";
import { engineText } from "../run/claim.ts";
import { limits } from "../timing.ts";
import type { PreparedInput, PreparedJob } from "./prepare.ts";
import { storedInputs } from "./stored-inputs.ts";
import { type Accepted, type Idempotency, jobIdOf, replayOf, submittedJob } from "./submit.ts";

type ExpressPorts = Pick<Ports, "store" | "objects" | "log" | "metrics" | "trace" | "now" | "settings">;

/** Predicted seconds of arithmetic that this process has under way for requests. */
export class ExpressLoad {
  #seconds = 0;

  /** Runs `action` unless that would be more arithmetic at once than other requests of this process may wait for. */
  async within<Value>(seconds: number, action: () => Promise<Value>): Promise<Value | undefined> {
    if (this.#seconds + seconds > limits.blockingSeconds) return undefined;
    this.#seconds += seconds;
    try {
      return await action();
    } finally {
      this.#seconds -= seconds;
    }
  }
}

/** One per process. In Lambda a process serves one request at a time, so it is never full there. */
const sharedLoad = new ExpressLoad();

/**
 * Computes a small job here and now and writes its record as it stands at its end: no queue, no claim, no second
 * function. docs/adr/0033-express.md.
 *
 * @returns undefined when the job must go the ordinary way, with the same id: it does not qualify, or something went
 * wrong that is no fault of the job's. What is in the record then is what counts: `submit` finds it.
 * @throws Problem `idempotency-conflict`
 */
export async function express(
  prepared: PreparedJob,
  idempotency: Idempotency,
  compute: Compute,
  ports: ExpressPorts,
  load = sharedLoad,
): Promise<Accepted | undefined> {
  const route = expressRoute(prepared.plan, prepared.route, ports.settings);
  const inputs = route && inHand(prepared.inputs);
  if (!inputs) return undefined;
  const job = { ...prepared, route };
  return load.within(route.estimate.seconds, () => computed(job, inputs, idempotency, compute, ports));
}

/** The inputs that came with the request, or that are made where they are used. Undefined when one must be fetched. */
function inHand(inputs: PreparedJob["inputs"]): Operands | undefined {
  const operands: Operands = {};
  for (const [name, input] of Object.entries(inputs)) {
    const operand = operandOf(input);
    if (!operand) return undefined;
    operands[name] = operand;
  }
  return operands;
}

function operandOf(input: PreparedInput): Operands[string] | undefined {
  if (input.kind === "bytes") return input.array;
  return input.kind === "ref" && "seed" in input.ref ? input.ref : undefined;
}

async function computed(
  prepared: PreparedJob,
  operands: Operands,
  idempotency: Idempotency,
  compute: Compute,
  ports: ExpressPorts,
): Promise<Accepted | undefined> {
  const { store, objects, trace, now, log } = ports;
  const { owner, operation, route } = prepared;
  const { requestHash } = idempotency;
  const jobId = jobIdOf(owner, idempotency);
  const worker = randomId();
  log.addContext({ jobId, dispatch: 1, owner });
  try {
    const startedAt = now();
    const ended = await trace.during("compute", () => resultOf(prepared, operands, compute));
    const inputs = storedInputs(jobId, requestHash, prepared, ports);
    let end: Finish;
    if ("error" in ended) {
      // A retry needs them: of a job that is COMPLETED they are never read again.
      await inputs.put(objects);
      end = ended;
    } else {
      end = { outputs: await writeOutputs(jobId, `1-${worker}`, ended.results, ports) };
    }
    const { target, vcpu } = route;
    const attempt: AtOnce["attempt"] = {
      ...{ dispatch: 1, target, engine: engineText({ target, vcpu }), startedAt, atOnce: true },
    };
    const refs = "error" in ended ? inputs.refs : used(prepared);
    const submitted = submittedJob(prepared, { jobId, requestHash, inputs: refs }, ports);
    const job = endedAtOnce(submitted, { attempt, worker, end }, now(), ports.settings);
    const created = await store.create(job);
    if (!created.created) return replayOf(created.existing, idempotency, ports);
    ports.metrics.put({ JobsAccepted: 1, ...measuresOf(job) });
    const seconds = (now() - startedAt) / 1000;
    const told = { ...logContext(job), operation, status: job.status, seconds };
    log.info("job answered at once", { ...told, predicted: route.estimate.seconds });
    return { job, replayed: false, ...("results" in ended ? { results: ended.results } : {}) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    log.warn("job not answered at once: it goes the ordinary way", { jobId, operation, error });
    return undefined;
  }
}

/** The outputs, or the job's own fault. @throws whatever is ours */
async function resultOf(
  { operation, params, route }: PreparedJob,
  inputs: Operands,
  compute: Compute,
): Promise<{ readonly results: Arrays } | { readonly error: NonNullable<Job["error"]> }> {
  try {
    const results = await compute(
      { operation, params, inputs, threads: threadsFor(route.vcpu) },
      {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        mayBlock: true,
        blockAtMost: limits.expressMilliseconds,
      },
    );
    return { results };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}

/** What the record keeps of inputs that are never read again. */
function used({ inputs }: PreparedJob): Job["inputs"] {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      if (input.kind === "ref") return [name, input.ref];
      const { shape, dtype } = input.spec;
      return [name, { shape, dtype, used: true }];
    }),
  );
}
