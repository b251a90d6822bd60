import { isTerminal, type JobView } from "@sluice/contract/job";
import { maxWaitSeconds } from "@sluice/contract/limits";
import { jobView } from "../../jobs/api/view.ts";
import { waitForEnd } from "../../jobs/api/wait.ts";
import type { Ports } from "../../jobs/ports.ts";
import type { Job } from "../../jobs/record.ts";
import type { Accepted } from "../../jobs/submit/submit.ts";

/** RFC 7240: `Prefer: wait=N`. More than the most is granted in part; nonsense is ignored, as it says. */
export function preferredWait(prefer: string | undefined): number | undefined {
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d+)"?\s*(?:[,;]|$)/i.exec(prefer ?? "")?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds), maxWaitSeconds);
}

/** The view of a job, after the wait the caller asked for; with its data when it ended in that time. */
export async function viewAfterWait(
  job: Job,
  prefer: string | undefined,
  ports: Ports,
  { results }: Pick<Accepted, "results"> = {},
): Promise<{ view: JobView; ended: boolean; headers: Record<string, string> }> {
  const seconds = preferredWait(prefer);
  if (seconds === undefined) return { view: await jobView(job, ports), ended: false, headers: {} };
  try {
    const { job: latest, granted } = await waitForEnd(job, seconds, ports);
    const ended = isTerminal(latest.status);
    return {
      view: await jobView(latest, ports, { withData: ended, ...(results ? { results } : {}) }),
      ended,
      headers: granted === undefined ? {} : { "preference-applied": `wait=${granted}` },
    };
  } catch (error) {
    // The job is safe: a wait that broke is a preference not honoured, and must not lose the caller its id.
    ports.log.warn("wait given up", { jobId: job.jobId, dispatch: job.dispatch, error });
    return { view: await jobView(job, ports), ended: false, headers: {} };
  }
}
