/** Fargate's sizes: vCPU units to the range of memory in MiB. Source: ECS API reference, Task.cpu. */
const sizes: Readonly<Record<string, { min: number; max: number; step: number; also?: number }>> = {
  256: { min: 1024, max: 2048, step: 1024, also: 512 },
  512: { min: 1024, max: 4096, step: 1024 },
  1024: { min: 2048, max: 8192, step: 1024 },
  2048: { min: 4096, max: 16384, step: 1024 },
  4096: { min: 8192, max: 30720, step: 1024 },
  8192: { min: 16384, max: 61440, step: 4096 },
  16384: { min: 32768, max: 122880, step: 8192 },
};

/** 32 vCPU comes in three sizes only. */
const largest = ["61440", "122880", "249856"];

export function isFargateSize(cpu: string, memory: string): boolean {
  if (cpu === "32768") return largest.includes(memory);
  const size = sizes[cpu];
  if (!size) return false;
  const mebibytes = Number(memory);
  if (mebibytes === size.also) return true;
  return mebibytes >= size.min && mebibytes <= size.max && (mebibytes - size.min) % size.step === 0;
}
