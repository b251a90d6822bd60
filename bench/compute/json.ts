import { parseJson } from "@sluice/compute/json/parse";
import { arrayText } from "@sluice/compute/json/write-array";
import type { DenseArray } from "@sluice/contract/array";
import { arrayFromJson } from "@sluice/contract/array-json";
import { arrayPlaces } from "@sluice/contract/submit";
import { quantile } from "../quantile.ts";

/**
 * Arrays from and to JSON against what Node has: `JSON.parse` and a copy into a Float64Array; rows of numbers,
 * `JSON.stringify` and the bytes of it. Both in turn in one process, so that a shared machine's moods hit both:
 *
 *     npx node bench/compute/json.ts
 */
const sizes = [8, 64, 256, 512, 1024];
const rounds = 15;
const kinds: Readonly<Record<string, () => number>> = {
  "17 digits": () => Number((Math.random() * 10 - 5).toPrecision(17)),
  "3 decimals": () => Math.round(Math.random() * 1000) / 1000,
  integers: () => Math.floor(Math.random() * 256),
};

const rowsOf = ({ shape: [m = 0, n = 0], data }: DenseArray): number[][] =>
  Array.from({ length: m }, (_, row) => Array.from(data.subarray(row * n, (row + 1) * n)));

function parsed(bytes: Buffer): DenseArray {
  const { dataMatrix } = parseJson(bytes, arrayPlaces) as { dataMatrix: unknown };
  return arrayFromJson(dataMatrix, "dataMatrix");
}

function parsedByNode(bytes: Buffer, n: number): Float64Array {
  const { dataMatrix } = JSON.parse(bytes.toString()) as { dataMatrix: number[][] };
  const data = new Float64Array(n * n);
  let at = 0;
  for (const row of dataMatrix) for (const value of row) data[at++] = value;
  return data;
}

/** Milliseconds of both sides by turns: the ratio of medians, and of the shortest. */
function compare(what: string, n: number, ours: () => unknown, node: () => unknown): void {
  const calls = Math.max(1, Math.floor(20_000 / n ** 2));
  const timed = (side: () => unknown): number => {
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) side();
    return (performance.now() - start) / calls;
  };
  const times = Array.from({ length: rounds }, () => [timed(node), timed(ours)] as const).slice(3);
  const [peerMs, oursMs] = [times.map(([peer]) => peer), times.map(([, mine]) => mine)];
  const ratio = quantile(oursMs, 0.5) / quantile(peerMs, 0.5);
  const best = Math.min(...oursMs) / Math.min(...peerMs);
  console.log(
    JSON.stringify({
      case: what,
      n,
      engine: "json",
      threads: 1,
      oursMs: quantile(oursMs, 0.5),
      peer: "node",
      peerMs: quantile(peerMs, 0.5),
      ratio,
      best,
    }),
  );
}

for (const [kind, number] of Object.entries(kinds)) {
  for (const n of sizes) {
    const array: DenseArray = {
      shape: [n, n],
      dtype: "float64",
      data: Float64Array.from({ length: n * n }, number),
    };
    const bytes = Buffer.from(JSON.stringify({ dataMatrix: rowsOf(array) }));
    compare(
      `json in, ${kind}`,
      n,
      () => parsed(bytes),
      () => parsedByNode(bytes, n),
    );
    compare(
      `json out, ${kind}`,
      n,
      () => arrayText(array, Number.POSITIVE_INFINITY),
      () => Buffer.from(JSON.stringify(rowsOf(array))),
    );
  }
}
