/** One line of AssemblyScript each: a named f64x2 made from others. */

export const add = (out: string, a: string, b: string): string => `const ${out} = f64x2.add(${a}, ${b});`;
export const sub = (out: string, a: string, b: string): string => `const ${out} = f64x2.sub(${a}, ${b});`;
export const mul = (out: string, a: string, b: string): string => `const ${out} = f64x2.mul(${a}, ${b});`;
/** out = a·b + c, rounded once where the machine has fused multiply-add. */
export const madd = (out: string, a: string, b: string, c: string): string =>
  `const ${out} = f64x2.relaxed_madd(${a}, ${b}, ${c});`;
/** out = c − a·b. */
export const nmadd = (out: string, a: string, b: string, c: string): string =>
  `const ${out} = f64x2.relaxed_nmadd(${a}, ${b}, ${c});`;

/** (outr, outi) = (ar, ai)·(wr, wi). */
export function complexProduct(out: string, a: string, w: string): string[] {
  return [
    mul(`${out}pr`, `${a}r`, `${w}r`),
    mul(`${out}pi`, `${a}i`, `${w}r`),
    nmadd(`${out}r`, `${a}i`, `${w}i`, `${out}pr`),
    madd(`${out}i`, `${a}r`, `${w}i`, `${out}pi`),
  ];
}

/** 0 … count-1. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export const indented = (spaces: number, lines: readonly string[]): string =>
  lines.map((line) => " ".repeat(spaces) + line).join("\n");
