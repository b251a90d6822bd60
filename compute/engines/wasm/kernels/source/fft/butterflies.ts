import { rootsOfUnity } from "../../../../../math/roots-of-unity.ts";
import type { Radix } from "../../abi.ts";
import { add, madd, mul, nmadd, range, sub } from "./lines.ts";

/**
 * A transform of `radix` points between registers: from (a0r, a0i), (a1r, a1i), … to (o0r, o0i), …,
 * forward (exp(-2πi/radix)), as straight-line code.
 */
export interface Butterfly {
  readonly radix: Radix;
  readonly constants: readonly string[];
  readonly body: readonly string[];
}

/** Both parts of one complex operation. */
const both = (make: (part: "r" | "i") => string): string[] => [make("r"), make("i")];
const plus = (out: string, a: string, b: string): string[] =>
  both((part) => add(out + part, a + part, b + part));
const minus = (out: string, a: string, b: string): string[] =>
  both((part) => sub(out + part, a + part, b + part));
/** out = a − i·b. */
const minusTurned = (out: string, a: string, b: string): string[] => [
  add(`${out}r`, `${a}r`, `${b}i`),
  sub(`${out}i`, `${a}i`, `${b}r`),
];
/** out = a + i·b. */
const plusTurned = (out: string, a: string, b: string): string[] => [
  sub(`${out}r`, `${a}r`, `${b}i`),
  add(`${out}i`, `${a}i`, `${b}r`),
];

const two: Butterfly = {
  radix: 2,
  constants: [],
  body: [...plus("o0", "a0", "a1"), ...minus("o1", "a0", "a1")],
};

type Four = readonly [string, string, string, string];

/** Four points a, b, c, d into w, x, y, z; every name of its own begins with `own`. */
function fourPoints([a, b, c, d]: Four, [w, x, y, z]: Four, own: string): string[] {
  return [
    ...plus(`${own}e`, a, c),
    ...minus(`${own}f`, a, c),
    ...plus(`${own}g`, b, d),
    ...minus(`${own}h`, b, d),
    ...plus(w, `${own}e`, `${own}g`),
    ...minus(y, `${own}e`, `${own}g`),
    ...minusTurned(x, `${own}f`, `${own}h`),
    ...plusTurned(z, `${own}f`, `${own}h`),
  ];
}

const four: Butterfly = {
  radix: 4,
  constants: [],
  body: fourPoints(["a0", "a1", "a2", "a3"], ["o0", "o1", "o2", "o3"], ""),
};

/** Two transforms of four points, of the even and the odd ones, and the powers of exp(-2πi/8) between them. */
const eight: Butterfly = {
  radix: 8,
  constants: [`const H = f64x2.splat(${Math.SQRT1_2});`],
  body: [
    ...fourPoints(["a0", "a2", "a4", "a6"], ["e0", "e1", "e2", "e3"], "v"),
    ...fourPoints(["a1", "a3", "a5", "a7"], ["d0", "d1", "d2", "d3"], "w"),
    ...plus("o0", "e0", "d0"),
    ...minus("o4", "e0", "d0"),
    ...minusTurned("o2", "e2", "d2"),
    ...plusTurned("o6", "e2", "d2"),
    ...[add("p1", "d1r", "d1i"), sub("q1", "d1i", "d1r")],
    ...[madd("o1r", "p1", "H", "e1r"), madd("o1i", "q1", "H", "e1i")],
    ...[nmadd("o5r", "p1", "H", "e1r"), nmadd("o5i", "q1", "H", "e1i")],
    ...[sub("p3", "d3i", "d3r"), add("q3", "d3r", "d3i")],
    ...[madd("o3r", "p3", "H", "e3r"), nmadd("o3i", "q3", "H", "e3i")],
    ...[nmadd("o7r", "p3", "H", "e3r"), madd("o7i", "q3", "H", "e3i")],
  ],
};

/** Index k or radix - k, whichever is below radix/2: cosines repeat, sines change sign. */
function folded(k: number, radix: number): { index: number; sign: 1 | -1 } {
  const rest = k % radix;
  return rest <= radix / 2 ? { index: rest, sign: 1 } : { index: radix - rest, sign: -1 };
}

/**
 * Any odd radix by its definition, with the points k and radix - k taken together:
 * o[j], o[radix-j] = (a0 + Σ cos(2πjk/radix)·(a[k] + a[radix-k])) ∓ i·Σ sin(2πjk/radix)·(a[k] - a[radix-k]).
 */
function odd(radix: Radix): Butterfly {
  const half = range((radix - 1) / 2).map((index) => index + 1);
  const { cos, sin } = rootsOfUnity(radix);
  const body: string[] = [];
  for (const k of half) {
    body.push(...plus(`t${k}`, `a${k}`, `a${radix - k}`), ...minus(`u${k}`, `a${k}`, `a${radix - k}`));
  }
  for (const part of "ri") {
    half.forEach((k, done) => {
      const out = k === half.length ? `o0${part}` : `sum${k}${part}`;
      body.push(add(out, done === 0 ? `a0${part}` : `sum${done}${part}`, `t${k}${part}`));
    });
  }
  for (const j of half) {
    for (const part of "ri") body.push(...cosineSum(j, part), ...sineSum(j, part));
    body.push(...minusTurned(`o${j}`, `m${j}`, `n${j}`), ...plusTurned(`o${radix - j}`, `m${j}`, `n${j}`));
  }
  return { radix, constants: half.flatMap(constant), body };

  /** m[j] = a0 + Σ cos·t[k]. */
  function cosineSum(j: number, part: string): string[] {
    return half.map((k, done) => {
      const out = k === half.length ? `m${j}${part}` : `m${j}x${k}${part}`;
      const before = done === 0 ? `a0${part}` : `m${j}x${done}${part}`;
      return madd(out, `t${k}${part}`, `C${folded(j * k, radix).index}`, before);
    });
  }

  /** n[j] = Σ sin·u[k]; for k = 1 the sine is positive, so the sum can begin with it. */
  function sineSum(j: number, part: string): string[] {
    return half.map((k, done) => {
      const out = k === half.length ? `n${j}${part}` : `n${j}x${k}${part}`;
      const { index, sign } = folded(j * k, radix);
      if (done === 0) return mul(out, `u${k}${part}`, `S${index}`);
      return (sign === 1 ? madd : nmadd)(out, `u${k}${part}`, `S${index}`, `n${j}x${done}${part}`);
    });
  }

  function constant(k: number): string[] {
    return [`const C${k} = f64x2.splat(${cos[k]});`, `const S${k} = f64x2.splat(${-(sin[k] ?? 0)});`];
  }
}

/** The radices there are kernels for; Bluestein's method takes lengths with larger prime factors. */
export const butterflies: readonly Butterfly[] = [
  two,
  odd(3),
  four,
  odd(5),
  eight,
  odd(7),
  odd(11),
  odd(13),
  odd(17),
  odd(19),
  odd(23),
];
