/**
 * Compiles the WASM kernels: each family's sources become one module in `kernels/built/` beside them, and the
 * signatures of its exports, with their parameters' names, an interface next to it:
 *
 *     npx node scripts/kernels.ts [--check] [family…]
 *
 * With `--check` nothing is written; it fails when a checked-in module or interface is not what its source gives.
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

interface Compiled {
  readonly wasm: Uint8Array;
  /** The AssemblyScript it was compiled from. */
  readonly text: string;
}

async function compile(name: string): Promise<Compiled> {
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
  return { wasm, text };
}

const header = "// Written by scripts/kernels.ts: do not edit.";

const moduleText = (wasm: Uint8Array): string =>
  [header, `export const base64 =\n  "${Buffer.from(wasm).toString("base64")}";`, ""].join("\n");

/** Types of AssemblyScript that cross as a JavaScript number; an i64 would cross as a bigint. */
const numberTypes = new Set(["i32", "u32", "usize", "f32", "f64"]);

function typeOf(type: string, where: string): "number" | "void" {
  if (type === "void") return "void";
  if (numberTypes.has(type)) return "number";
  throw new Error(`expected ${where} to be of ${[...numberTypes].join(", ")}, got ${type}`);
}

interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly result: "number" | "void";
}

/** As Biome formats it: in one line where that fits. */
function signatureText({ name, parameters, result }: Signature): string {
  const line = `  ${name}(${parameters.join(", ")}): ${result};`;
  if (line.length <= 110) return line;
  return [`  ${name}(`, ...parameters.map((parameter) => `    ${parameter},`), `  ): ${result};`].join("\n");
}

/** The exported functions of a text of AssemblyScript. */
function signaturesOf(text: string): Signature[] {
  return [...text.matchAll(/^export function (\w+)\(([^)]*)\): (\w+) \{/gm)].map((found) => {
    const [name = "", list = "", result = ""] = found.slice(1);
    const parameters = list
      .split(",")
      .map((parameter) => parameter.trim())
      .filter((parameter) => parameter !== "")
      .map((parameter) => {
        const [own = "", type = "no type"] = parameter.split(/:\s*/);
        return `${own}: ${typeOf(type, `${own} of ${name}`)}`;
      });
    return { name, parameters, result: typeOf(result, name) };
  });
}

/** The part of it that is used: Node's types do not have it. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => object;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** @throws Error where the module exports other functions than these, or takes other counts of parameters */
function expectExports(family: string, wasm: Uint8Array, signatures: readonly Signature[]): void {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65_536, shared: true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } });
  const compiled = Object.entries(exports).flatMap(([name, value]) =>
    typeof value === "function" ? [`${name}/${value.length}`] : [],
  );
  const found = signatures.map(({ name, parameters }) => `${name}/${parameters.length}`);
  const [inModule, inText] = [compiled, found].map((names) => names.toSorted().join(" "));
  if (inModule !== inText) throw new Error(`${family}: expected the exports ${inModule}, got ${inText}`);
}

function interfaceText(family: string, wasm: Uint8Array, text: string): string {
  const signatures = signaturesOf(text);
  expectExports(family, wasm, signatures);
  const name = `${family.charAt(0).toUpperCase()}${family.slice(1)}Kernels`;
  return [header, `export interface ${name} {`, ...signatures.map(signatureText), "}", ""].join("\n");
}

const args = process.argv.slice(2);
const check = args.includes("--check");
const asked = args.filter((arg) => !arg.startsWith("--"));
for (const family of asked.length > 0 ? asked : Object.keys(families)) {
  const built = `../${familyOf(family).folder}/built`;
  const { wasm, text } = await compile(family);
  const files = {
    [`${built}/${family}.wasm.ts`]: moduleText(wasm),
    [`${built}/${family}.ts`]: interfaceText(family, wasm, text),
  };
  for (const [name, contents] of Object.entries(files)) {
    const file = new URL(name, import.meta.url);
    if (!check) await writeFile(file, contents);
    else if ((await readFile(file, "utf8").catch(() => "")) !== contents) {
      console.error(`${file.pathname} is not what its source gives: run npm run kernels.`);
      process.exitCode = 1;
    }
  }
  if (!check) console.log(`${family}: ${wasm.length} bytes`);
}
