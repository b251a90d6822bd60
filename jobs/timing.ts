/** The clockwork of the lifecycle, in milliseconds. Every wait in the system is one of these. */
const second = 1000;
const minute = 60 * second;

export const timing = {
  /** Workers renew their lease this often. */
  beat: 15 * second,
  /** Four missed beats: a task this quiet is asked about, not yet given up. */
  lease: 60 * second,
  /**
   * Three on Lambda: ECS cannot be asked about a function, and a job whose function was killed must be on
   * Fargate within 2 minutes, of which up to one is sweep's.
   */
  lambdaLease: 45 * second,
  /** How often a worker looks whether its job was cancelled; one read each. */
  watch: 1 * second,
  /** Beyond what Lambda says remains, so that only a dead function's lease runs out. */
  lambdaLeaseSlack: 10 * second,
  /** A Lambda attempt this close to its time-out releases its job instead of dying with it. */
  lambdaMargin: 5 * second,
  /** A message that has overtaken its record looks for it again this much later. */
  overtaken: 100,
  /** A sent message not answered by then is looked into. */
  answer: 60 * second,
  /** With a backlog in the queue, the message is still in there: look again this much later. */
  backlog: 5 * minute,
  /**
   * A job that waits for its inputs is looked at this often. The end of its last parent sends it: this is for the case
   * that the writer of that end died before it could.
   */
  inputs: 5 * minute,
  /** A launch is looked into this often until its task claims. Image pull and start take 30–90 s. */
  launchCheck: 60 * second,
  /** A task that has not claimed its job by then is stopped and replaced. */
  launchGrace: 10 * minute,
  /** A slot whose launch has no task is released after this: longer than the 120 s a task may take to stop. */
  slotGrace: 150 * second,
  /** Sightings of a missing task further apart than this restart its missing-since timer: sweep failed in between. */
  slotSighting: 90 * second,
  /** New launches stand behind those in the capacity queue for this long after sweep last found it not empty. */
  lineKept: 90 * second,
  /** An end that is unpublished by then is published by sweep. */
  publish: 60 * second,
  /** An end that EventBridge did not take is published again this much later: other ends go first. */
  publishAgain: 5 * minute,
  /** Due for longer than this, a job is overdue: sweep runs every minute, and has passed it by or not run at all. */
  overdue: 5 * minute,
  /** First wait after RunTask was refused, or its task failed to start; doubles up to the ceiling. */
  refusalBackoff: 5 * second,
  refusalCeiling: 5 * minute,
  /** Wait before the attempt after one without a result; doubles likewise. */
  retryBackoff: 1 * second,
  retryCeiling: 1 * minute,
} as const;

export const limits = {
  countedAttempts: 3,
  uncountedAttempts: 10,
  /**
   * A computation predicted under this may block the thread that beats: that is shorter than a beat, and a thread of
   * its own would cost 30 ms.
   */
  blockingSeconds: 0.25,
  /** Eight times the most that may be predicted of a job that submit computes: by then the ordinary way is quicker. */
  expressMilliseconds: 2000,
  /** Events that one PutEvents takes. */
  events: 10,
  /** Messages that `work` gets at once: serverless.yml. */
  batchMessages: 10,
  /** Inputs of a message beyond this are read once the job is claimed: 8 MiB is one GET. */
  earlyBytes: 8 * 1024 * 1024,
  /** From Lambda to the largest task it is eleven steps of half as much memory again. */
  sizeUps: 12,
  unansweredSends: 3,
  /** Dependents that a job notifies when it ends; those beyond find out when they are due. */
  dependents: 100,
  /**
   * Jobs in a row that the end of the one before may send. The next one waits for sweep: a chain has an end, because a
   * job names jobs that exist, but AWS's own guard against loops (16 hops) is off, and this is ours.
   */
  hops: 100,
  /** After this many Spot reclaims the job pays for on-demand. */
  spotReclaims: 2,
  /** After this many times that Spot had no machine for it, likewise. ECS does not fall back by itself. */
  spotRefusals: 3,
} as const;

/** Exponential backoff with full jitter in its upper half. `random` is in [0, 1). */
export function backoff(first: number, ceiling: number, times: number, random: number): number {
  const full = Math.min(ceiling, first * 2 ** Math.min(times, 30));
  return Math.round(full * (0.5 + random / 2));
}
