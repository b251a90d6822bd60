import type { JobView } from "@sluice/contract/job";

/** The little that a test needs of an HTTP client. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer should hold and fails if it does not
  readonly body: any;
}

export function client(url: string) {
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: "manual",
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
    } as RequestInit);
    const text = await response.text();
    const isJson = text !== "" && /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    } as Answer;
  };
  return {
    call,
    submit: (body: unknown, headers?: Record<string, string>) => call("POST", "/jobs", body, headers),
    /** Held by the server, bounded by the test's own time-out. */
    async ended(jobId: string): Promise<JobView> {
      for (;;) {
        const { body } = await call("GET", `/jobs/${jobId}`, undefined, { prefer: "wait=20" });
        if (body.finishedAt !== undefined) return body;
      }
    },
    /** Until the job has got as far as `status`. */
    async reaches(jobId: string, status: JobView["status"]): Promise<void> {
      for (;;) {
        const { body } = await call("GET", `/jobs/${jobId}/status`);
        if (body.status === status) return;
        if (["COMPLETED", "FAILED", "CANCELLED"].includes(body.status))
          throw new Error(`the job is ${body.status} already`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
