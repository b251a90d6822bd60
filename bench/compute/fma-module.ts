/**
 * A WebAssembly module of one function, `run(iterations)`: each iteration does a relaxed multiply-add of two
 * float64 lanes on each of 12 accumulators that do not wait for each other (a multiply-add takes 4 cycles and
 * two start in each, so 8 would do), and it answers the sum of the accumulators' first lanes.
 */
export const accumulators = 12;
/** Multiplications and additions per iteration. */
export const flopsPerIteration = accumulators * 2 * 2;

const section = (id: number, ...body: number[]) => [id, ...leb(body.length), ...body];

/** Unsigned LEB128, WebAssembly's way to write a number. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

const i32 = 0x7f;
const f64 = 0x7c;
const v128 = 0x7b;
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const splat = (value: number) => [0x44, ...new Uint8Array(new Float64Array([value]).buffer), 0xfd, 0x14];
const relaxedMadd = [0xfd, ...leb(0x107)];
const firstLane = [0xfd, 0x21, 0];
const addF64 = 0xa0;

// Locals: 0 the iterations left, 1 the factor, 2 the summand, then the accumulators.
const [factor, summand, first] = [1, 2, 3];
const each = <Part>(part: (local: number) => Part[]): Part[] =>
  Array.from({ length: accumulators }, (_, index) => part(first + index)).flat();

const body = [
  ...[1, ...leb(2 + accumulators), v128],
  ...splat(0.999),
  ...set(factor),
  ...splat(0.001),
  ...set(summand),
  ...[0x03, 0x40], // loop
  ...each((local) => [...get(local), ...get(factor), ...get(summand), ...relaxedMadd, ...set(local)]),
  ...[...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0], // repeat while --iterations is not 0
  0x0b,
  ...each((local) => [...get(local), ...firstLane]),
  ...Array.from({ length: accumulators - 1 }, () => addF64),
  0x0b,
];

const bytes = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 1, i32, 1, f64),
  ...section(3, 1, 0),
  ...section(7, 1, 3, ...Buffer.from("run"), 0, 0),
  ...section(10, 1, ...leb(body.length), ...body),
]);

/** The part of it that is used: Node's types do not have it, and a browser's types do not agree with Node's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** @throws WebAssembly.CompileError where relaxed SIMD is unknown */
export function fmaModule(): (iterations: number) => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return exports.run as (iterations: number) => number;
}
