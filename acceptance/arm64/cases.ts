import { type CatalogueEntry, catalogue } from "@sluice/compute";

/** What is run on both CPUs: each kind of arithmetic, at sizes that take its different ways. */
export interface Case {
  readonly name: string;
  readonly operation: string;
  readonly params?: unknown;
  /** Of the inputs a and b: random numbers from 0 to 1. */
  readonly shapes: readonly (readonly number[])[];
  /** Whether the engine `reference` runs it too. */
  readonly reference: boolean;
}

const square = (n: number): readonly number[] => [n, n];

function one(operation: string, shape: readonly number[], params: unknown = {}, reference = true): Case {
  return { name: `${operation} of ${shape.join("×")}`, operation, params, shapes: [shape], reference };
}

function two(operation: string, a: readonly number[], b: readonly number[]): Case {
  return {
    name: `${operation} of ${a.join("×")} and ${b.join("×")}`,
    operation,
    shapes: [a, b],
    reference: true,
  };
}

/** f of numbers of both signs up to ±30, and of complex ones: the spectrum of a line. */
function functionOf({ name: operation, inputs }: CatalogueEntry): Case[] {
  const spread = [
    { as: "x", op: "subtract", args: ["a", 0.5] },
    { as: "y", op: "multiply", args: ["x", 60] },
  ];
  const isComplex = inputs.a?.dtypes.includes("complex128") ?? false;
  const last = { as: "r", op: operation, args: ["y"] };
  const complex = [
    { as: "s", op: "fft", args: ["a"] },
    { as: "y", op: "divide", args: ["s", 20] },
  ];
  const caseOf = (kind: string, steps: readonly object[], length: number): Case => ({
    name: `${operation}, ${kind}`,
    operation: "program",
    params: { steps: [...steps, last] },
    shapes: [[length]],
    reference: false,
  });
  return [caseOf("real", spread, 20_000), ...(isComplex ? [caseOf("complex", complex, 4000)] : [])];
}

/** f of whole numbers: up to 1,000, and of a second operand up to 30, as shifts take them. */
function wholeFunctionOf({ name: operation, inputs }: CatalogueEntry): Case {
  const whole = (of: string, most: number) => [
    { as: `${of}_scaled`, op: "multiply", args: [of, most] },
    { as: `${of}_whole`, op: "astype", args: [`${of}_scaled`], params: { dtype: "int64" } },
  ];
  const isBinary = "b" in inputs;
  const args = isBinary ? ["a_whole", "b_whole"] : ["a_whole"];
  const steps = [...whole("a", 1000), ...(isBinary ? whole("b", 30) : []), { as: "r", op: operation, args }];
  return {
    name: `${operation} of whole numbers`,
    operation: "program",
    params: { steps },
    shapes: isBinary ? [[20_000], [20_000]] : [[20_000]],
    reference: false,
  };
}

/** The lines of the tables of functions. */
const lines = catalogue().filter(({ family }) => family !== undefined);
const isWhole = ({ inputs }: CatalogueEntry): boolean => !inputs.a?.dtypes.includes("float64");
const functions = lines.filter((line) => !isWhole(line));

export const cases: readonly Case[] = [
  ...[64, 200, 251].map((n) => one("fft2", square(n))),
  one("fft2", [48, 1009]),
  ...[64, 200, 333].map((n) => one("spectral-projection", square(n), { seed: "7" })),
  ...[7, 12, 97, 1000, 1009, 4096].map((n) => one("fft", [3, n])),
  one("fft", [65_536], {}, false),
  one("fft", [100_003], {}, false),
  ...[96, 1009].map((n) => one("rfft", [3, n])),
  ...functions.filter(({ inputs }) => !("b" in inputs)).flatMap(functionOf),
  ...functions.filter(({ inputs }) => "b" in inputs).map(({ name }) => two(name, [20_000], [20_000])),
  ...lines.filter(isWhole).map(wholeFunctionOf),
  one("abs", [1000]),
  one("sum", square(100)),
  one("std", square(100)),
  one("percentile", square(100), { q: 33 }),
  two("convolve2d", square(40), [5, 7]),
  two("matmul", [61, 130], [130, 77]),
  two("matmul", square(192), square(192)),
  ...["inv", "det", "slogdet", "qr", "lu", "svd", "eig", "expm", "pinv"].map((name) => one(name, square(48))),
  one("gram", square(60)),
  one("norm", square(60), { ord: "nuc" }),
  two("lstsq", [60, 20], [60, 3]),
  two("solve", square(130), square(130)),
];
