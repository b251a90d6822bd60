import type { CloudFaults, ServiceRequest } from "../faults/faults.ts";
import aws from "./aws.json" with { type: "json" };

/** Milliseconds of a call: its median, and what one call of a hundred exceeds. */
interface Tail {
  readonly p50: number;
  readonly p99: number;
}

/** The 99th percentile of a standard normal variable. */
const z99 = 2.326;

/** Calls whose times are known by themselves; others of a service have the service's. */
const calls: Readonly<Record<string, Tail>> = aws.calls;

/** A log-normal time through the median and the tail: what latencies of networks and stores look like. */
export function sampled({ p50, p99 }: Tail, random: () => number = Math.random): number {
  // Box and Muller's method; 1 − u is never 0.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return p50 * (p99 / p50) ** (normal / z99);
}

/** How long AWS takes for what the emulators do at once. ECS is left out: a task starts as soon as its process does. */
export interface Latency extends CloudFaults {
  /** Between the caller and the function. */
  readonly gateway: () => number;
}

function tailOf({ service, action }: Pick<ServiceRequest, "service" | "action">): Tail {
  const known = calls[`${service} ${action}`] ?? calls[service];
  if (!known) throw new Error(`local/latency/aws.json has no time for ${service}`);
  return known;
}

const timeOf = (call: string, random?: () => number): number => {
  const known = calls[call];
  if (!known) throw new Error(`local/latency/aws.json has no time for ${call}`);
  return sampled(known, random);
};

/** The delays of a region: each call waits for as long as AWS would take, beside what the emulator itself takes. */
export function latencyOfAws(random?: () => number): Latency {
  return {
    request: (request) => ({ delayMs: sampled(tailOf(request), random) }),
    deliveryMs: () => timeOf("sqs delivery", random),
    gateway: () => timeOf("gateway", random),
  };
}

/**
 * What `SLUICE_LATENCY` asks for: `aws`, or nothing.
 * @throws Error when it is anything else
 */
export function latencyAsked(value: string | undefined): Latency | undefined {
  if (value === undefined || value === "") return undefined;
  if (value === "aws") return latencyOfAws();
  throw new Error(`expected SLUICE_LATENCY to be aws or not set, got "${value}"`);
}
