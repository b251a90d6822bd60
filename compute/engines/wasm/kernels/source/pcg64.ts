/**
 * NumPy's default bit generator, PCG64 XSL-RR 128/64 (O'Neill 2014; numpy/random/src/pcg64), four
 * outputs at a time: each of four states takes four steps at once, so that they do not wait for each
 * other's multiplications.
 */
import { randomState } from "../abi.ts";

const { factor, offset } = randomState;
const streams = Array.from({ length: randomState.streams }, (_, stream) => stream);
const each = (line: (stream: number) => string): string => streams.map(line).join("\n");

/** state = state · factor + offset modulo 2^128. */
const step = (s: number): string => `
m = low${s} & 0xffffffff;
n = low${s} >> 32;
p = m * f0;
q = n * f0 + (p >> 32);
r = m * f1 + (q & 0xffffffff);
high${s} = high${s} * factorLow + low${s} * factorHigh + n * f1 + (q >> 32) + (r >> 32) + offsetHigh;
low${s} = low${s} * factorLow;
low${s} += offsetLow;
high${s} += u64(low${s} < offsetLow);`;

const output = (s: number): string => `rotr<u64>(high${s} ^ low${s}, high${s} >> 58)`;

/** One exported loop: `count` turns of four outputs each. */
const loop = (name: string, bytes: number, write: (stream: number) => string): string => `
export function ${name}(state: usize, turns: i32, to: usize): void {
  ${each((s) => `let low${s} = load<u64>(state, ${16 * s}), high${s} = load<u64>(state, ${16 * s + 8});`)}
  const factorLow = load<u64>(state, ${16 * factor}), factorHigh = load<u64>(state, ${16 * factor + 8});
  const offsetLow = load<u64>(state, ${16 * offset}), offsetHigh = load<u64>(state, ${16 * offset + 8});
  const f0 = factorLow & 0xffffffff, f1 = factorLow >> 32;
  let m: u64 = 0, n: u64 = 0, p: u64 = 0, q: u64 = 0, r: u64 = 0, x: u64 = 0;
  while (turns > 0) {
    ${each((s) => `x = ${output(s)};\n${write(s)}\n${step(s)}`)}
    to += ${streams.length * bytes};
    turns--;
  }
  ${each((s) => `store<u64>(state, low${s}, ${16 * s});\nstore<u64>(state, high${s}, ${16 * s + 8});`)}
}`;

/** 53 bits of an output, and 24 bits of each half, low half first. */
export function source(): string {
  return [
    loop("randomDoubles", 8, (s) => `store<f64>(to, f64(i64(x >> 11)) * 1.1102230246251565e-16, ${8 * s});`),
    loop(
      "randomSingles",
      8,
      (s) => `store<f32>(to, f32(i32(u32(x) >> 8)) * 5.9604644775390625e-8, ${8 * s});
store<f32>(to, f32(i32(u32(x >> 32) >> 8)) * 5.9604644775390625e-8, ${8 * s + 4});`,
    ),
  ].join("\n");
}
