import { cpuMs } from "../cpu-time.ts";

/** One job as its caller saw it. */
export interface Sample {
  /** Until the answer that names the job; absent where the first answer is the result. */
  readonly submitMs?: number;
  /** Until the result was there as numbers. */
  readonly resultMs: number;
  /** Of `resultMs`, as the job's own record says: until a machine took it, and from there to its end. */
  readonly queuedMs?: number;
  readonly workerMs?: number;
}

export interface Slice {
  readonly samples: readonly Sample[];
  readonly seconds: number;
  /** CPU of the whole system that was asked, a job; undefined off Linux. */
  readonly cpuMs: number | undefined;
}

/** `callers` callers, each with one job at a time, for `seconds`; jobs begun by then are seen to their end. */
export async function closedLoop(
  callers: number,
  seconds: number,
  pid: number,
  job: () => Promise<Sample>,
): Promise<Slice> {
  const samples: Sample[] = [];
  const before = cpuMs(pid);
  const start = performance.now();
  const until = start + seconds * 1000;
  const caller = async () => {
    do samples.push(await job());
    while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const taken = (performance.now() - start) / 1000;
  const after = cpuMs(pid);
  const spent = before === undefined || after === undefined ? undefined : (after - before) / samples.length;
  return { samples, seconds: taken, cpuMs: spent };
}
