import { httpEvent } from "../../acceptance/support/http-event.ts";

/** An answer of API Gateway's form, or what a function without HTTP gives back. */
export interface FirstAnswer {
  readonly statusCode?: number;
  readonly body?: string;
}

/** Invokes a function in a process of its own, which ends after its answer. */
export type Invoke = (name: string, event: unknown) => Promise<FirstAnswer>;

const dataMatrix = Array.from({ length: 64 }, (_, i) =>
  Array.from({ length: 64 }, (_, j) => Math.sin(i + j)),
);
const posted = { method: "POST", body: { dataMatrix } };

function idIn({ body = "" }: FirstAnswer): string {
  const { jobId } = JSON.parse(body) as { jobId?: string };
  if (!jobId) throw new Error(`expected a job, got ${body}`);
  return jobId;
}

/**
 * Every function once, each with a first event that makes it do its real work: a job is submitted, run and read; a second
 * one is cancelled and retried.
 */
export async function eachFunction(invoke: Invoke): Promise<void> {
  await invoke("health", httpEvent({}));
  await invoke("operations", httpEvent({}));
  await invoke("plans", httpEvent(posted));
  const jobId = idIn(await invoke("submit", httpEvent(posted)));
  const body = JSON.stringify({ v: 1, jobId, dispatch: 1, target: "lambda" });
  await invoke("work", {
    Records: [{ messageId: "first", body, attributes: { ApproximateReceiveCount: "1" } }],
  });
  await invoke("get", httpEvent({ jobId }));
  await invoke("status", httpEvent({ jobId }));
  await invoke("result", httpEvent({ jobId, headers: { accept: "application/json" } }));
  await invoke("list", httpEvent({}));
  await invoke("uploads", httpEvent({ method: "POST", body: { bytes: 32_896 } }));
  const second = idIn(await invoke("submit", httpEvent(posted)));
  await invoke("cancel", httpEvent({ method: "DELETE", jobId: second }));
  await invoke("retry", httpEvent({ method: "POST", jobId: second }));
  await invoke("compute", { dataMatrix });
  await invoke("sweep", {});
  await invoke("redrive", {});
  // A task that no job of this stage has started: settle looks at it and is done.
  await invoke("settle", { detail: { taskArn: "arn:none", lastStatus: "STOPPED", containers: [] } });
}
