import { isTerminal } from "@sluice/contract/job";
import { oneSizeUp } from "../../../jobs/cost/route.ts";
import { type Job, parentsOf } from "../../../jobs/record.ts";
import { limits } from "../../../jobs/timing.ts";
import type { Stage } from "./stage.ts";

const minute = 60_000;

/**
 * What the last faults may still cost a job that has a place: the longest of a launch that nobody claims (10
 * min, timing.launchGrace), a backlog's second look (5 min) and a refusal's backoff (5 min), with the passes of
 * sweep, the start and the stop of a task (4 min) around it, and a minute's backoff for the attempt after.
 */
const recovery = 20 * minute;
/** A slot between two jobs: up to a minute until sweep calls up the next, 90 s to start, 10 s to be gone. */
const turnaround = 160_000;
/**
 * Before a job goes on demand Spot refuses it some times, each time a pass of sweep and a backoff that is short for a
 * new job.
 */
const noSpot = limits.spotRefusals * 2 * minute;

/**
 * Until when every job must have ended: recovery, then its turn in the line. For that, list scheduling: the work
 * there is over the slots there are, and the longest job at the end. The head of the line may hold up to 3 vCPU
 * free while it waits for 4.
 */
export function boundOf(stage: Stage, from: number): number {
  const { maxTasks, maxRunningVcpu } = stage.settings;
  let tasks = 0;
  let vcpus = 0;
  let longest = 0;
  for (const job of stage.table.items.values()) {
    if (isTerminal(job.status)) continue;
    const { attempts, seconds, vcpu } = workLeft(job, stage);
    const time = attempts * (seconds * 1000 + turnaround) + (spotIsGone(stage) ? noSpot : 0);
    const chain = time + waitForParents(job, stage);
    tasks += time / maxTasks;
    vcpus += (time * vcpu) / Math.max(1, maxRunningVcpu - 3);
    longest = Math.max(longest, chain);
  }
  // One that had many refusals in the storm waits up to five minutes for each of those.
  const afterStorm = spotIsGone(stage) ? limits.spotRefusals * 5 * minute : 0;
  return from + recovery + afterStorm + Math.max(tasks, vcpus) + longest;
}

/** A job that waits for another is woken when that one ends, and sent by the next pass of sweep: a generation each. */
function waitForParents(job: Job, stage: Stage): number {
  const [parentId] = parentsOf(job);
  const parent = parentId === undefined ? undefined : stage.table.items.get(parentId);
  if (!parent || isTerminal(parent.status)) return 0;
  const { attempts, seconds } = workLeft(parent, stage);
  const start = 2 * minute + (spotIsGone(stage) ? noSpot : 0);
  return attempts * (seconds * 1000 + turnaround) + start + waitForParents(parent, stage);
}

function spotIsGone({ settings, cluster }: Stage): boolean {
  return settings.spot && cluster.badDays.spotIsGone;
}

/** Attempts on Fargate that a job left in peace still makes, how long each takes, and the most vCPUs it has. */
function workLeft(job: Job, { script, settings }: Pick<Stage, "script" | "settings">) {
  const { kind, seconds, needsMiB } = script(job.jobId);
  const onLambda = job.route.target === "lambda";
  const least = Math.min(seconds, (job.deadlineAt - job.createdAt) / 1000);
  if (kind === "crashes")
    return { attempts: onLambda ? 0 : limits.countedAttempts, seconds: least, vcpu: job.route.vcpu };
  if (needsMiB <= job.route.memoryMiB) {
    const attempts = onLambda && kind !== "slow on Lambda" ? 0 : 1;
    return { attempts, seconds: least, vcpu: Math.max(1, job.route.vcpu) };
  }
  let attempts = 1;
  let { route } = job;
  for (;;) {
    const larger = needsMiB > route.memoryMiB ? oneSizeUp(route, settings) : undefined;
    if (!larger) return { attempts, seconds: least, vcpu: route.vcpu };
    route = larger;
    attempts++;
  }
}
