import { fargateShapes } from "../../../jobs/cost/machines.ts";

/** The most memory a task of up to this many vCPUs may have. */
export function allowedMemory(vcpu: number): number {
  return Math.max(...fargateShapes.filter((shape) => shape.vcpu <= vcpu).map(({ memoryMiB }) => memoryMiB));
}
