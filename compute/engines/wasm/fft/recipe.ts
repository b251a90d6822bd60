import { rootsOfUnity } from "../../../math/roots-of-unity.ts";
import { lanes, pointBytes, recipeWords } from "../kernels/abi.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { KernelMemory } from "../memory.ts";
import { convolutionLength, factorise } from "./lengths.ts";

/** What the kernels need to know about one length, laid out as `recipeWords` in abi.ts says. */
export interface Recipe {
  readonly length: number;
  /** Points the passes work on. */
  readonly padded: number;
  readonly bytes: Uint8Array;
}

/** Tables together held on to per thread; a length whose own are larger pays for them at each call. */
const cacheBytes = 32 * 2 ** 20;
const cache = new Map<number, Recipe>();
let cached = 0;

/** The recipe of a length, kept for the next call. */
export function recipeFor(length: number, memory: KernelMemory, kernels: Kernels): Recipe {
  const known = cache.get(length);
  if (known) return known;
  const passes = factorise(length);
  const recipe = passes ? smoothRecipe(length, passes) : bluesteinRecipe(length, memory, kernels);
  const size = recipe.bytes.length;
  if (size > cacheBytes) return recipe;
  for (const [oldest, { bytes }] of cache) {
    if (cached + size <= cacheBytes) break;
    cache.delete(oldest);
    cached -= bytes.length;
  }
  cache.set(length, recipe);
  cached += size;
  return recipe;
}

interface Tables {
  readonly twiddles: Float64Array;
  readonly chirp?: Float64Array;
  readonly spectrum?: Float64Array;
}

function assemble(length: number, padded: number, passes: readonly number[], tables: Tables): Recipe {
  const { twiddles, chirp = new Float64Array(), spectrum = new Float64Array() } = tables;
  const twiddlesAt = 4 * recipeWords.all;
  const chirpAt = twiddlesAt + twiddles.byteLength;
  const spectrumAt = chirpAt + chirp.byteLength;
  const bytes = new Uint8Array(spectrumAt + spectrum.byteLength);
  const words = new Int32Array(bytes.buffer, 0, recipeWords.all);
  words[recipeWords.length] = length;
  words[recipeWords.padded] = padded;
  words[recipeWords.passes] = passes.length;
  words[recipeWords.twiddles] = twiddlesAt;
  words[recipeWords.chirp] = chirpAt;
  words[recipeWords.spectrum] = spectrumAt;
  words.set(passes, recipeWords.radices);
  new Float64Array(bytes.buffer, twiddlesAt, twiddles.length).set(twiddles);
  new Float64Array(bytes.buffer, chirpAt, chirp.length).set(chirp);
  new Float64Array(bytes.buffer, spectrumAt, spectrum.length).set(spectrum);
  return { length, padded, bytes };
}

/** exp(-2πi·pk/length) for each pass, its butterflies p and outputs k = 1 … radix - 1. */
function twiddlesOf(length: number, passes: readonly number[]): Float64Array {
  const { cos, sin } = rootsOfUnity(length);
  const table = new Float64Array(2 * (length - 1));
  let at = 0;
  let stride = 1;
  for (const radix of passes) {
    const butterflies = length / stride / radix;
    for (let p = 0; p < butterflies; p += 1) {
      for (let k = 1; k < radix; k += 1) {
        table[at] = cos[p * k * stride];
        table[at + 1] = sin[p * k * stride];
        at += 2;
      }
    }
    stride *= radix;
  }
  return table;
}

const smoothRecipe = (length: number, passes: readonly number[]): Recipe =>
  assemble(length, length, passes, { twiddles: twiddlesOf(length, passes) });

function bluesteinRecipe(length: number, memory: KernelMemory, kernels: Kernels): Recipe {
  const padded = convolutionLength(length);
  const passes = factorise(padded) ?? [];
  const inner = smoothRecipe(padded, passes);
  const chirp = chirpOf(length);
  const spectrum = chirpSpectrum(chirp, inner, memory, kernels);
  const twiddles = new Float64Array(inner.bytes.buffer, 4 * recipeWords.all);
  return assemble(length, padded, passes, { twiddles, chirp, spectrum });
}

/** exp(-iπj²/length) for j < length; j² is exact while length < 9·10^7. */
function chirpOf(length: number): Float64Array {
  const { cos, sin } = rootsOfUnity(2 * length);
  const chirp = new Float64Array(2 * length);
  for (let j = 0; j < length; j += 1) {
    const turn = (j * j) % (2 * length);
    chirp[2 * j] = cos[turn];
    chirp[2 * j + 1] = sin[turn];
  }
  return chirp;
}

/** Transform of the conjugate chirp wrapped around the padded length, with the inverse's 1/padded in it. */
function chirpSpectrum(
  chirp: Float64Array,
  inner: Recipe,
  memory: KernelMemory,
  kernels: Kernels,
): Float64Array {
  const { padded } = inner;
  const plane = pointBytes * padded;
  const x = memory.scratch(4 * plane + inner.bytes.length);
  const { buffer } = memory.memory;
  const doubles = new Float64Array(buffer, x, plane / 4).fill(0);
  const firstLane = (j: number) => lanes * j;
  for (let j = 0; 2 * j < chirp.length; j += 1) {
    for (const at of [j, (padded - j) % padded]) {
      doubles[firstLane(at)] = chirp[2 * j] / padded;
      doubles[plane / 8 + firstLane(at)] = -chirp[2 * j + 1] / padded;
    }
  }
  const recipeAt = x + 4 * plane;
  new Uint8Array(buffer, recipeAt, inner.bytes.length).set(inner.bytes);
  const there = kernels.fft.transform(x, x + 2 * plane, plane, recipeAt) >>> 0;
  const result = new Float64Array(buffer, there, plane / 4);
  const spectrum = new Float64Array(2 * padded);
  for (let j = 0; j < padded; j += 1) {
    spectrum[2 * j] = result[firstLane(j)];
    spectrum[2 * j + 1] = result[plane / 8 + firstLane(j)];
  }
  memory.freeScratch(x);
  return spectrum;
}
