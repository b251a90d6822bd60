import { moduleFrom } from "../../wasm-module.ts";
import type { FftKernels } from "./built/fft.ts";
import { base64 as fft } from "./built/fft.wasm.ts";
import type { GemmKernels } from "./built/gemm.ts";
import { base64 as gemm } from "./built/gemm.wasm.ts";
import type { LinearAlgebraKernels } from "./built/linearAlgebra.ts";
import { base64 as linearAlgebra } from "./built/linearAlgebra.wasm.ts";
import type { MiscKernels } from "./built/misc.ts";
import { base64 as misc } from "./built/misc.wasm.ts";

/** The kernels of each family, bound to one memory. They take byte addresses, element counts and factors. */
export interface Kernels {
  readonly gemm: GemmKernels;
  readonly fft: FftKernels;
  readonly misc: MiscKernels;
  readonly linearAlgebra: LinearAlgebraKernels;
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

function instance<Family extends keyof Kernels>(family: Family, memory: WebAssembly.Memory): Kernels[Family] {
  const { exports } = new WebAssembly.Instance(compiled(family), { env: { memory } });
  // scripts/kernels.ts writes the type from the sources it compiles, and checks it against the module.
  return exports as unknown as Kernels[Family];
}

/**
 * The kernels bound to a memory, compiled and instantiated once each, when first asked for.
 * @throws WebAssembly.CompileError where relaxed SIMD is unknown
 */
export function kernelsOn(memory: WebAssembly.Memory): Kernels {
  const known = bound.get(memory);
  if (known) return known;
  const made: { -readonly [Family in keyof Kernels]?: Kernels[Family] } = {};
  const kernels: Kernels = {
    get gemm() {
      made.gemm ??= instance("gemm", memory);
      return made.gemm;
    },
    get fft() {
      made.fft ??= instance("fft", memory);
      return made.fft;
    },
    get misc() {
      made.misc ??= instance("misc", memory);
      return made.misc;
    },
    get linearAlgebra() {
      made.linearAlgebra ??= instance("linearAlgebra", memory);
      return made.linearAlgebra;
    },
  };
  bound.set(memory, kernels);
  return kernels;
}
