import { prices } from "./prices.ts";

/**
 * The machines AWS sells, as data, and what they cost by the second. Read 2026-11-23.
 * Sources: Lambda limits and 1,769 MB per vCPU: docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html;
 * Fargate sizes: ECS API reference of RunTask/RegisterTaskDefinition (32 vCPU left out: arm64 support unproven).
 */

export const lambda = {
  minMemoryMiB: 128,
  maxMemoryMiB: 10_240,
  /** Lambda gives CPU in proportion to memory: one whole vCPU at this size. */
  memoryMiBPerVcpu: 1_769,
} as const;

export const fargate = {
  /** vCPU → memory in MiB, from, to and in steps of. */
  shapes: [
    { cpuUnits: 256, memoryMiB: [512, 1024, 2048] },
    { cpuUnits: 512, memoryMiB: range(1, 4, 1) },
    { cpuUnits: 1024, memoryMiB: range(2, 8, 1) },
    { cpuUnits: 2048, memoryMiB: range(4, 16, 1) },
    { cpuUnits: 4096, memoryMiB: range(8, 30, 1) },
    { cpuUnits: 8192, memoryMiB: range(16, 60, 4) },
    { cpuUnits: 16_384, memoryMiB: range(32, 120, 8) },
  ],
  minimumBilledSeconds: 60,
  /** Image pull and start are billed too; 30–90 s were reported, AWS gives no number. */
  startSeconds: 45,
} as const;

/** A size of machine. */
export interface Shape {
  readonly vcpu: number;
  readonly memoryMiB: number;
}

/** Every shape a task may have, cheapest first. */
export const fargateShapes: readonly Shape[] = fargate.shapes
  .flatMap(({ cpuUnits, memoryMiB }) =>
    memoryMiB.map((memory) => ({ vcpu: cpuUnits / 1024, memoryMiB: memory })),
  )
  .sort((one, other) => fargateUsdPerSecond(one) - fargateUsdPerSecond(other));

function range(fromGiB: number, toGiB: number, stepGiB: number): number[] {
  const sizes: number[] = [];
  for (let size = fromGiB; size <= toGiB; size += stepGiB) sizes.push(size * 1024);
  return sizes;
}

/** Dollars of a task of this shape for one second. */
export function fargateUsdPerSecond({ vcpu, memoryMiB }: Shape): number {
  // A public address for as long as the task lives.
  const perHour =
    vcpu * prices.fargateVcpuHour.usd +
    (memoryMiB / 1024) * prices.fargateGiBHour.usd +
    prices.publicAddressHour.usd;
  return perHour / 3600;
}

/** vCPUs behind a Lambda of this memory; a fraction below 1,769 MiB. */
export function lambdaVcpu(memoryMiB: number): number {
  return memoryMiB / lambda.memoryMiBPerVcpu;
}
