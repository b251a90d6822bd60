/**
 * Compiles the WASM kernels: each family's sources become one module in `kernels/built/` beside them:
 *
 *     npx node scripts/kernels.ts [--check] [family…]
 *
 * With `--check` nothing is written; it fails when a checked-in module is not what its source gives.
 */
import { readFile, writeFile } from "node:fs/promises";
import asc from "assemblyscript/asc";

/** A generator prints AssemblyScript: `export function source(): string`. */
interface Generator {
  source(): string;
}

interface Family {
  /** Its generators in `folder/source`. */
  readonly files: readonly string[];
  readonly folder: string;
  readonly memory: string;
}

/** Arrays may lie in shared memory of any size. */
const engine = {
  folder: "compute/engines/wasm/kernels",
  memory: "--importMemory --sharedMemory --initialMemory 2 --maximumMemory 65536",
};
/** Text passes through eight pages of the module's own. */
const text = { folder: "compute/json/kernels", memory: "--initialMemory 8 --maximumMemory 8" };

const families: Readonly<Record<string, Family>> = {
  gemm: { files: ["gemm"], ...engine },
  fft: { files: ["fft"], ...engine },
  misc: { files: ["fold", "pcg64"], ...engine },
  linearAlgebra: { files: ["linear-algebra"], ...engine },
  json: { files: ["json"], ...text },
};

/**
 * -O0 on purpose: Binaryen's optimiser reorders the multiply-adds of an unrolled loop one
 * accumulator after the other, which spills registers (2.8 instead of 2.1 times OpenBLAS' time at
 * 512). V8 optimises anyway.
 */
const options = "--runtime stub -O0 --noAssert --enable simd,relaxed-simd,threads --use abort=".split(" ");

function familyOf(name: string): Family {
  const family = families[name];
  if (family) return family;
  throw new Error(`expected one of ${Object.keys(families).join(", ")}, got ${name}`);
}

async function compile(name: string): Promise<Uint8Array> {
  const { files, folder, memory } = familyOf(name);
  const generators = await Promise.all(
    files.map((file): Promise<Generator> => import(`../${folder}/source/${file}.ts`)),
  );
  const text = generators.map((generator) => generator.source()).join("\n");
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["kernel.ts", "--outFile", "kernel.wasm", ...options, ...memory.split(" ")],
    {
      readFile: (name) => (name === "kernel.ts" ? text : null),
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") wasm = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !wasm)
    throw new Error(`asc refused the ${name} kernels:\n${stderr.toString()}`, { cause: error });
  return wasm;
}

const moduleText = (wasm: Uint8Array): string =>
  [
    "// Written by scripts/kernels.ts: do not edit.",
    `export const base64 =\n  "${Buffer.from(wasm).toString("base64")}";`,
    "",
  ].join("\n");

const args = process.argv.slice(2);
const check = args.includes("--check");
const asked = args.filter((arg) => !arg.startsWith("--"));
for (const family of asked.length > 0 ? asked : Object.keys(families)) {
  const file = new URL(`../${familyOf(family).folder}/built/${family}.wasm.ts`, import.meta.url);
  const wasm = await compile(family);
  const text = moduleText(wasm);
  if (!check) {
    await writeFile(file, text);
    console.log(`${family}: ${wasm.length} bytes`);
  } else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    console.error(`${file.pathname} is not what its source gives: run npm run kernels.`);
    process.exitCode = 1;
  }
}
