import type { BatchView } from "@sluice/contract/batch";
import { isTerminal, type JobView } from "@sluice/contract/job";
import fc from "fast-check";
import { wrongWith } from "./check.ts";
import { Known } from "./known.ts";
import { type Answer, asCurl, type FuzzRequest, type SentRequest, sendable } from "./request.ts";

/** What is fuzzed: the API over sockets, or its handlers in this process. */
export interface Target {
  /** The answer, or why none came. */
  send(request: SentRequest): Promise<Answer | NoAnswer>;
  /** Sends a file to where POST /uploads said. */
  put(url: string, file: Uint8Array): Promise<void>;
  /** What a refused request left behind, or undefined. Where it cannot be asked between two requests: at the end. */
  traceOf?(): string | undefined;
}

export interface NoAnswer {
  readonly why: string;
  /** Nothing came in time. */
  readonly hangs: boolean;
}

export interface Failure {
  readonly problem: string;
  readonly curl: string;
}

/** A job predicted to take longer is cancelled at once: the fuzz is after requests, not after arithmetic. */
const mostSeconds = 0.3;
/** Requests of one seed. After a failure a new seed begins: the rest of the old one would begin with its shrinking. */
const perSeed = 500;
const mostFailures = 10;

/** Sends requests until so many are sent, shrinks what fails, and keeps what it learned. */
export class Campaign {
  readonly failures: Failure[] = [];
  /** Answers by route and status. */
  readonly counts = new Map<string, number>();
  /** Everything the API took: nothing else may be stored. */
  readonly accepted = { jobs: new Set<string>(), uploads: new Set<string>(), batches: new Set<string>() };
  sent = 0;
  readonly #known = new Known();
  readonly #target: Target;
  readonly #url: string;

  constructor(target: Target, url: string) {
    this.#target = target;
    this.#url = url;
  }

  /** @param between is called after each request */
  async run(
    requests: fc.Arbitrary<FuzzRequest>,
    count: number,
    seed: number,
    between?: () => void,
  ): Promise<void> {
    for (let left = count, part = 0; left > 0 && this.failures.length < mostFailures; part += 1) {
      let failure: Failure | undefined;
      const property = fc.asyncProperty(requests, async (request) => {
        const found = await this.#try(request);
        between?.();
        // A hang is not shrunk: each step of it would hang, too.
        if (found?.hangs) this.failures.push(found);
        else if (found) {
          failure = found;
          throw new Error(found.problem);
        }
      });
      const settings = { seed: seed + part, numRuns: Math.min(left, perSeed) };
      const { numRuns, failed, errorInstance } = await fc.check(property, settings);
      left -= numRuns;
      if (failed && !failure) throw errorInstance;
      if (failure) this.failures.push(failure);
    }
  }

  async #try(request: FuzzRequest): Promise<(Failure & { hangs: boolean }) | undefined> {
    const sent = sendable(request, this.#known);
    const curl = () => asCurl(sent, this.#url);
    const answer = await this.#ask(sent);
    if ("why" in answer) return { problem: answer.why, curl: curl(), hangs: answer.hangs };
    const trace = answer.status >= 400 ? this.#target.traceOf?.() : undefined;
    const problem = wrongWith(answer) ?? trace;
    if (problem !== undefined) return { problem, curl: curl(), hangs: false };
    await this.#learn(sent, answer);
    return undefined;
  }

  async #ask(sent: SentRequest): Promise<Answer | NoAnswer> {
    const answer = await this.#target.send(sent);
    this.sent += 1;
    const name = `${routeOf(sent)} ${"why" in answer ? "nothing" : answer.status}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    return answer;
  }

  async #learn(sent: SentRequest, { status, headers, text }: Answer): Promise<void> {
    if (
      ![200, 201, 202].includes(status) ||
      !/^application\/json/.test(headers["content-type"] ?? "") ||
      text === ""
    )
      return;
    const route = routeOf(sent);
    const body = JSON.parse(text);
    if (route === "POST /jobs" || route === "POST /jobs/{jobId}/retry") await this.#learnJob(body);
    if (route === "POST /batches") await this.#learnBatch(body);
    if (route === "GET /jobs" && body.nextCursor) this.#known.add("cursor", body.nextCursor);
    if (route !== "POST /uploads") return;
    this.accepted.uploads.add(body.uploadId);
    this.#known.add("upload", body.uploadId);
    if (sent.file) await this.#target.put(body.url, sent.file);
  }

  /** Its jobs may be of any size: all of it is cancelled at once, but for what has ended by then. */
  async #learnBatch({ batchId, jobs, finished }: BatchView): Promise<void> {
    this.accepted.batches.add(batchId.split("-")[0] ?? "");
    this.#known.add("batch", batchId);
    for (const job of jobs) {
      if (!("jobId" in job)) continue;
      this.accepted.jobs.add(job.jobId);
      this.#known.add("job", job.jobId);
    }
    if (!finished) await this.#ask({ method: "DELETE", path: `/batches/${batchId}`, headers: {} });
  }

  async #learnJob({ jobId, status, route }: JobView): Promise<void> {
    this.accepted.jobs.add(jobId);
    this.#known.add("job", jobId);
    const isHeavy = route.target !== "lambda" || route.estimate.seconds > mostSeconds;
    if (isHeavy && !isTerminal(status))
      await this.#ask({ method: "DELETE", path: `/jobs/${jobId}`, headers: {} });
  }
}

/** The route of a request, as far as it has one. */
function routeOf({ method, path }: SentRequest): string {
  const [bare = ""] = path.split("?");
  const named = bare
    .replace(/^\/jobs\/[^/]+(\/(status|result|retry))?$/, "/jobs/{jobId}$1")
    .replace(/^\/batches\/[^/]+(\/(result|retry))?$/, "/batches/{batchId}$1");
  return `${method} ${named}`;
}
