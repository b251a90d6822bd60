import { concurrently } from "../concurrently.ts";
import type { Due } from "../job-store.ts";
import { lanes } from "../lanes/table.ts";
import { apply } from "../lifecycle/apply.ts";
import { parentsAfter } from "../lifecycle/dependents.ts";
import type { TaskObservation } from "../lifecycle/evidence.ts";
import type { Ports, RunningTask } from "../ports.ts";
import type { Job } from "../record.ts";
import { timing } from "../timing.ts";

/** Jobs read at once; further pages follow while there is time. */
const page = 500;
/** The function is killed after 55 s; the next pass goes on with what is left. */
const timeBudget = 35_000;

interface DueCounts {
  due: number;
  /** Those that earlier passes should have moved. */
  overdue: number;
  moved: number;
  failed: number;
  /** Jobs that went back to the capacity queue: its index may not have them yet. */
  readonly queued: Job[];
}

/**
 * Brings every job whose dueAt has passed to next(), with what is known of its message, its task and its parents.
 *
 * @param running the stage's tasks; undefined when ECS did not say, and jobs with a task then wait
 */
export async function sweepDue(
  running: readonly RunningTask[] | undefined,
  ports: Ports,
): Promise<DueCounts> {
  const counts: DueCounts = { due: 0, overdue: 0, moved: 0, failed: 0, queued: [] };
  const until = ports.now() + timeBudget;
  const late = new Set<string>();
  let queueWaiting: Promise<number> | undefined;
  const waiting = () => {
    queueWaiting ??= ports.queue.waiting();
    return queueWaiting;
  };
  for (;;) {
    const movedBefore = counts.moved;
    const now = ports.now();
    const due = await ports.store.due(now, page);
    for (const { jobId, dueAt } of due) if (dueAt < now - timing.overdue) late.add(jobId);
    counts.overdue = late.size;
    await sweepPage(due, { running, waiting }, counts, ports);
    // A page of which nothing moved would be read again.
    if (due.length < page || counts.moved === movedBefore || ports.now() > until) return counts;
  }
}

interface Pass {
  readonly running: readonly RunningTask[] | undefined;
  readonly waiting: () => Promise<number>;
}

async function sweepPage(
  due: readonly Due[],
  { running, waiting }: Pass,
  counts: DueCounts,
  ports: Ports,
): Promise<void> {
  counts.due += due.length;
  const isolated = async (jobId: string, step: () => Promise<void>) => {
    try {
      await ports.log.scope(step);
    } catch (error) {
      counts.failed++;
      ports.log.error("sweep could not look at a job; the next pass will", { jobId, error });
    }
  };
  const jobs: Job[] = [];
  await concurrently(due, ({ jobId }) =>
    isolated(jobId, async () => {
      const job = await ports.store.get(jobId);
      if (job) jobs.push(job);
    }),
  );
  const described = await describeQuiet(jobs, running, ports);
  await concurrently(jobs, (job) =>
    isolated(job.jobId, async () => {
      const task = hasTask(job, ports) ? taskOf(job, running, described) : undefined;
      if (task?.state === "stopped") await ports.slots.release(job);
      const queueWaiting = job.step === "sent" ? await waiting() : 0;
      const parents = hasParents(job, ports) ? await parentsAfter(job, ports) : undefined;
      const seen = { queueWaiting, ...(task ? { task } : {}), ...(parents ? { parents } : {}) };
      const applied = await apply(job, { kind: "due", ...seen }, ports);
      if (applied?.changed) counts.moved++;
      if (applied?.changed && applied.job.step === "line") counts.queued.push(applied.job);
    }),
  );
}

/** Whether next() needs the job's task. Past the deadline it does not: the job ends whatever ECS says. */
function hasTask(job: Job, { now }: Pick<Ports, "now">): boolean {
  if (now() >= job.deadlineAt) return false;
  return job.step === "launched" || (job.status === "PROCESSING" && lanes[job.route.target].end === "ecs");
}

/** Whether next() needs the job's parents. Past the deadline it does not, and one may be of a later release. */
function hasParents(job: Job, { now }: Pick<Ports, "now">): boolean {
  return job.step === "inputs" && now() < job.deadlineAt;
}

/** What ECS says of the tasks that are not running: most of them have stopped. */
async function describeQuiet(
  jobs: readonly Job[],
  running: readonly RunningTask[] | undefined,
  ports: Ports,
): Promise<Map<string, TaskObservation> | undefined> {
  if (!running) return undefined;
  const seen = new Set(running.map(({ taskArn }) => taskArn));
  const quiet = jobs.flatMap((job) =>
    hasTask(job, ports) && job.taskArn !== undefined && !seen.has(job.taskArn) ? [job.taskArn] : [],
  );
  if (quiet.length === 0) return new Map();
  try {
    return await ports.tasks.describe(quiet);
  } catch (error) {
    ports.log.error("ECS could not be asked about tasks", { tasks: quiet.length, error });
    return undefined;
  }
}

/** @throws when ECS did not answer: a job is not given up on silence */
function taskOf(
  job: Job,
  running: readonly RunningTask[] | undefined,
  described: Map<string, TaskObservation> | undefined,
): TaskObservation {
  const { jobId, dispatch, taskArn } = job;
  const mine = running?.find((task) =>
    taskArn === undefined ? task.jobId === jobId && task.dispatch === dispatch : task.taskArn === taskArn,
  );
  if (mine) return { state: mine.state, taskArn: mine.taskArn };
  if (!running || !described) throw new Error("ECS does not answer");
  return (taskArn === undefined ? undefined : described.get(taskArn)) ?? { state: "missing" };
}
