import { quantile } from "../quantile.ts";

export interface ColdSample {
  /** From the start of loading the bundle to its end, in a process that runs. */
  readonly loadMs: number;
  /** From the start of the process to its first answer. */
  readonly firstAnswerMs: number;
  /** CPU of the process by then, all of its threads. */
  readonly cpuMs: number;
  /** `import numpy` in a process of its own just after it; absent without NumPy. */
  readonly numpy?: { readonly ms: number; readonly cpuMs: number };
}

export interface ColdRow extends Omit<ColdSample, "numpy"> {
  readonly case: "cold";
  readonly function: string;
  /** Bytes of the bundle's code, without its source map. */
  readonly bytes: number;
  readonly numpyMs?: number;
  readonly numpyCpuMs?: number;
  /** First answer over `import numpy`, the median of the pairs. */
  readonly ratio?: number;
  /** The same of CPU times, which a busy machine changes less. */
  readonly cpuRatio?: number;
}

const medianOf = <Item>(items: readonly Item[], pick: (item: Item) => number): number =>
  quantile(items.map(pick), 0.5);

export function coldRow(name: string, bytes: number, samples: readonly ColdSample[]): ColdRow {
  const pairs = samples.flatMap(({ numpy, ...ours }) => (numpy === undefined ? [] : [{ ours, numpy }]));
  return {
    case: "cold",
    function: name,
    bytes,
    loadMs: medianOf(samples, ({ loadMs }) => loadMs),
    firstAnswerMs: medianOf(samples, ({ firstAnswerMs }) => firstAnswerMs),
    cpuMs: medianOf(samples, ({ cpuMs }) => cpuMs),
    ...(pairs.length > 0 && {
      numpyMs: medianOf(pairs, ({ numpy }) => numpy.ms),
      numpyCpuMs: medianOf(pairs, ({ numpy }) => numpy.cpuMs),
      ratio: medianOf(pairs, ({ ours, numpy }) => ours.firstAnswerMs / numpy.ms),
      cpuRatio: medianOf(pairs, ({ ours, numpy }) => ours.cpuMs / numpy.cpuMs),
    }),
  };
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;

export function coldWords(row: ColdRow): string {
  const { function: name, bytes, loadMs, firstAnswerMs, cpuMs, numpyMs, numpyCpuMs, ratio, cpuRatio } = row;
  const own = `cold ${name}: ${(bytes / 1024).toFixed(0)} KiB, loaded in ${ms(loadMs)}, first answer after ${ms(firstAnswerMs)}, CPU ${ms(cpuMs)}`;
  if (numpyMs === undefined || numpyCpuMs === undefined) return own;
  return `${own}; import numpy ${ms(numpyMs)}, CPU ${ms(numpyCpuMs)}; ratio ${ratio?.toFixed(2)}, of CPU ${cpuRatio?.toFixed(2)}`;
}
