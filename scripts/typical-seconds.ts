const leastSeconds = 0.2;
const leastRuns = 5;

/**
 * CPU seconds of one run, over as many as add up to a readable time. CPU time, because on a shared
 * machine the clock on the wall counts other people's work; many runs, because that clock is coarse.
 */
export function typicalSeconds(work: () => unknown): number {
  work();
  for (let runs = leastRuns; ; runs *= 4) {
    const start = process.threadCpuUsage();
    for (let index = 0; index < runs; index += 1) work();
    const { user, system } = process.threadCpuUsage(start);
    const seconds = (user + system) / 1e6;
    if (seconds >= leastSeconds) return seconds / runs;
  }
}
