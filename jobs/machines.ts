/**
 * The machines AWS sells and what they cost, as data. us-east-1, arm64, read 2026-11-23.
 * Sources: Lambda limits and 1,769 MB per vCPU: docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html;
 * Fargate sizes: ECS API reference of RunTask/RegisterTaskDefinition (32 vCPU left out: arm64 support unproven);
 * prices: aws.amazon.com/{lambda,fargate,sqs,s3,dynamodb,api-gateway,eventbridge}/pricing.
 */

export const lambda = {
  minMemoryMiB: 128,
  maxMemoryMiB: 10_240,
  /** Lambda gives CPU in proportion to memory: one whole vCPU at this size. */
  memoryMiBPerVcpu: 1_769,
  usdPerGiBSecond: 0.0000133334,
  usdPerRequest: 0.2e-6,
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
  usdPerVcpuHour: 0.03238,
  usdPerGiBHour: 0.00356,
  /** A public IPv4 address, for as long as the task lives. */
  usdPerAddressHour: 0.005,
  minimumBilledSeconds: 60,
  /** Image pull and start are billed too; 30–90 s were reported, AWS gives no number. */
  startSeconds: 45,
} as const;

const price = {
  httpApiRequest: 1e-6,
  sqsRequest: 0.4e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  dynamoWrite: 0.625e-6,
  dynamoRead: 0.125e-6,
  event: 1e-6,
} as const;

/**
 * The requests of one job: 1 HTTP; SQS send, receive, delete; S3 input and output put, input get;
 * DynamoDB create, claim, finish and announce (each also in the due index: ×2, the owner index once) and one read;
 * one event on EventBridge.
 */
export const requestUsdPerJob =
  price.httpApiRequest +
  3 * price.sqsRequest +
  2 * price.s3Put +
  price.s3Get +
  9 * price.dynamoWrite +
  price.dynamoRead +
  price.event +
  lambda.usdPerRequest * 2;

export interface FargateShape {
  readonly cpuUnits: number;
  readonly vcpu: number;
  readonly memoryMiB: number;
}

/** Every shape a task may have, cheapest first. */
export const fargateShapes: readonly FargateShape[] = fargate.shapes
  .flatMap(({ cpuUnits, memoryMiB }) =>
    memoryMiB.map((memory) => ({ cpuUnits, vcpu: cpuUnits / 1024, memoryMiB: memory })),
  )
  .sort((one, other) => fargateUsdPerSecond(one) - fargateUsdPerSecond(other));

function range(fromGiB: number, toGiB: number, stepGiB: number): number[] {
  const sizes: number[] = [];
  for (let size = fromGiB; size <= toGiB; size += stepGiB) sizes.push(size * 1024);
  return sizes;
}

function fargateUsdPerSecond({ vcpu, memoryMiB }: { vcpu: number; memoryMiB: number }): number {
  const perHour =
    vcpu * fargate.usdPerVcpuHour + (memoryMiB / 1024) * fargate.usdPerGiBHour + fargate.usdPerAddressHour;
  return perHour / 3600;
}

/** vCPUs behind a Lambda of this memory; a fraction below 1,769 MiB. */
export function lambdaVcpu(memoryMiB: number): number {
  return memoryMiB / lambda.memoryMiBPerVcpu;
}

/** Dollars of one attempt that computed for `seconds`. */
export function attemptUsd(
  target: "lambda" | "fargate",
  machine: { vcpu: number; memoryMiB: number },
  seconds: number,
): number {
  if (target === "lambda") return seconds * (machine.memoryMiB / 1024) * lambda.usdPerGiBSecond;
  const billed = Math.max(fargate.minimumBilledSeconds, fargate.startSeconds + seconds);
  return billed * fargateUsdPerSecond(machine);
}
