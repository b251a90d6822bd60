/**
 * Compiles the WASM kernels and writes them into compute/engines/wasm/kernels/, one module per family:
 *
 *     npx node scripts/kernels/build.ts [--check] [family…]
 *
 * With `--check` nothing is written; it fails when a checked-in module is not what its source gives.
 */
import { readFile, writeFile } from "node:fs/promises";
import asc from "assemblyscript/asc";

/** A generator prints AssemblyScript: `export function source(): string`. */
interface Generator {
  source(): string;
}

const families: Readonly<Record<string, readonly string[]>> = {
  gemm: ["./gemm.ts"],
  fft: ["./fft.ts"],
  misc: ["./fold.ts", "./pcg64.ts"],
  linearAlgebra: ["./linear-algebra.ts"],
};

/**
 * -O0 on purpose: Binaryen's optimiser reorders the multiply-adds of an unrolled loop one
 * accumulator after the other, which spills registers (2.8 instead of 2.1 times OpenBLAS' time at
 * 512). V8 optimises anyway.
 */
const options = [
  ..."--runtime stub -O0 --noAssert --importMemory --sharedMemory".split(" "),
  ..."--initialMemory 2 --maximumMemory 65536".split(" "),
  ..."--enable simd,relaxed-simd,threads --use abort=".split(" "),
];

async function compile(family: string): Promise<Uint8Array> {
  const files = families[family];
  if (!files) throw new Error(`expected one of ${Object.keys(families).join(", ")}, got ${family}`);
  const generators = await Promise.all(files.map((file): Promise<Generator> => import(file)));
  const text = generators.map((generator) => generator.source()).join("\n");
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["kernel.ts", "--outFile", "kernel.wasm", ...options], {
    readFile: (name) => (name === "kernel.ts" ? text : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") wasm = contents;
    },
    listFiles: () => [],
  });
  if (error || !wasm)
    throw new Error(`asc refused the ${family} kernels:\n${stderr.toString()}`, { cause: error });
  return wasm;
}

const moduleText = (wasm: Uint8Array): string =>
  [
    "// Written by scripts/kernels/build.ts: do not edit.",
    `export const base64 =\n  "${Buffer.from(wasm).toString("base64")}";`,
    "",
  ].join("\n");

const args = process.argv.slice(2);
const check = args.includes("--check");
const asked = args.filter((arg) => !arg.startsWith("--"));
for (const family of asked.length > 0 ? asked : Object.keys(families)) {
  const file = new URL(`../../compute/engines/wasm/kernels/${family}.wasm.ts`, import.meta.url);
  const wasm = await compile(family);
  const text = moduleText(wasm);
  if (!check) {
    await writeFile(file, text);
    console.log(`${family}: ${wasm.length} bytes`);
  } else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    console.error(`${file.pathname} is not what scripts/kernels/ gives: run npm run kernels.`);
    process.exitCode = 1;
  }
}
