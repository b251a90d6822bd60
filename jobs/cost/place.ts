import type { ArraySpec } from "@sluice/contract/array";
import type { Target } from "@sluice/contract/job";
import { npyBytes } from "@sluice/contract/npy";
import { lanes } from "../lanes/table.ts";
import { prices } from "./prices.ts";

/**
 * Where small arrays are cheaper: in the job's record, or as objects in S3. An object is paid for once, whatever its
 * length; a record is paid for by the kilobyte each time that it is written. docs/adr/0044-small-arrays-in-the-record.md.
 */

/** What happens to a record while it holds an array, and to the object that would hold it instead. */
interface Uses {
  /** Of the record: DynamoDB bills a write by the whole item, however little of it changes. */
  readonly writes: number;
  /** Of the record, each billed by the whole item too: looks at the job, and lists. */
  readonly reads: number;
  /** Of the object. */
  readonly gets: number;
  /** How long it lies there. */
  readonly days: number;
}

/** One look and one list of a job, as its bill assumes one look. */
const looks = 2;
/** `retentionDays` of a stage, unless it says otherwise, and the day that the bucket's rules take longer. */
const keptDays = 8;

/** The record is put, claimed and ended: the end of a COMPLETED job takes its inputs out. */
const inputOnFunction: Uses = { writes: 3, reads: 1, gets: 1, days: 0 };
/** And before: the fence of the launch, the task's name, and a beat at least. */
const inputOnTask: Uses = { ...inputOnFunction, writes: 6 };
/** It comes with the end, and is there when that is noted as published. */
const output: Uses = { writes: 2, reads: looks, gets: 1, days: keptDays };

const GB = 1e9;
const monthDays = 30;

/** Records have any length, so that a kilobyte more is a unit more in each write, on average. */
function recordUsd(bytes: number, { writes, reads, days }: Uses): number {
  const unitsUsd =
    (bytes / 1024) * writes * prices.dynamoWriteUnit.usd + (bytes / 4096) * reads * prices.dynamoReadUnit.usd;
  const monthUsd = prices.dynamoGBMonth.usd + prices.dynamoRecoveryGBMonth.usd;
  return unitsUsd + (bytes / GB) * (days / monthDays) * monthUsd;
}

function objectUsd(bytes: number, { gets, days }: Uses): number {
  const keptUsd = (bytes / GB) * (days / monthDays) * prices.s3GBMonth.usd;
  return prices.s3Put.usd + gets * prices.s3Get.usd + keptUsd;
}

/** Bytes up to which the record is cheaper: both prices are straight lines. */
function mostBytes(uses: Uses): number {
  const perByte = recordUsd(1, uses) - (objectUsd(1, uses) - objectUsd(0, uses));
  return Math.floor(objectUsd(0, uses) / perByte);
}

function inputUses(target: Target): Uses {
  return lanes[target].launch === "inline" ? inputOnFunction : inputOnTask;
}

/** Whether the inputs of a job, `bytes` of `.npy` together, are cheaper in its record. */
export function inputsInRecord(bytes: number, target: Target): boolean {
  return bytes <= mostBytes(inputUses(target));
}

/** Whether the outputs of a job, `bytes` of `.npy` together, are cheaper in its record. */
export function outputsInRecord(bytes: number): boolean {
  return bytes <= mostBytes(output);
}

/** The most that the inputs, or the outputs, of a job add to its record. */
export const mostRecordedBytes = Math.max(...[inputOnFunction, inputOnTask, output].map(mostBytes));

/** What they cost in the record while a job goes its usual way, without what keeping them costs. */
export function recordedUsd(what: "inputs" | "outputs", bytes: number, target: Target): number {
  const uses = what === "inputs" ? inputUses(target) : output;
  return recordUsd(bytes, { ...uses, days: 0 });
}

/** Bytes of arrays as `.npy` files. */
export function filesBytes(arrays: Readonly<Record<string, ArraySpec>>): number {
  return Object.values(arrays).reduce((sum, array) => sum + npyBytes(array), 0);
}
