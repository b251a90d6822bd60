import { moduleFrom } from "../../wasm-module.ts";
import { base64 as fft } from "./built/fft.wasm.ts";
import { base64 as gemm } from "./built/gemm.wasm.ts";
import { base64 as linearAlgebra } from "./built/linearAlgebra.wasm.ts";
import { base64 as misc } from "./built/misc.wasm.ts";

/** Kernels take byte addresses and element counts. */
export type KernelFunction = (...args: number[]) => number;
type Exports = Readonly<Record<string, KernelFunction>>;

/** The kernels of each family, bound to one memory. */
export interface Kernels {
  readonly gemm: Exports;
  readonly fft: Exports;
  readonly misc: Exports;
  readonly linearAlgebra: Exports;
}

const sources = { gemm, fft, misc, linearAlgebra };
const modules = new Map<keyof Kernels, WebAssembly.Module>();
const bound = new WeakMap<WebAssembly.Memory, Kernels>();

function compiled(family: keyof Kernels): WebAssembly.Module {
  const known = modules.get(family);
  if (known) return known;
  const module = moduleFrom(sources[family]);
  modules.set(family, module);
  return module;
}

function instance(family: keyof Kernels, memory: WebAssembly.Memory): Exports {
  return new WebAssembly.Instance(compiled(family), { env: { memory } }).exports as unknown as Exports;
}

/**
 * The kernels bound to a memory, compiled and instantiated once each, when first asked for.
 * @throws WebAssembly.CompileError where relaxed SIMD is unknown
 */
export function kernelsOn(memory: WebAssembly.Memory): Kernels {
  const known = bound.get(memory);
  if (known) return known;
  const made: { -readonly [Family in keyof Kernels]?: Exports } = {};
  const family = (name: keyof Kernels): Exports => {
    made[name] ??= instance(name, memory);
    return made[name];
  };
  const kernels: Kernels = {
    get gemm() {
      return family("gemm");
    },
    get fft() {
      return family("fft");
    },
    get misc() {
      return family("misc");
    },
    get linearAlgebra() {
      return family("linearAlgebra");
    },
  };
  bound.set(memory, kernels);
  return kernels;
}
