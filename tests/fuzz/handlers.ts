import { httpEvent } from "../../acceptance/support/http-event.ts";
import { isText } from "../../local/http-api.ts";
import type { StubCloud } from "../support/aws/stub-cloud.ts";
import { api } from "../support/functions/handlers.ts";
import { type Handler, lambdaContext } from "../support/functions/stage.ts";
import type { Target } from "./campaign.ts";
import type { Answer, SentRequest } from "./request.ts";
import type { Route } from "./requests/requests.ts";

const handlers: Readonly<Record<Route, Handler>> = {
  "POST /jobs": api.submit,
  "GET /jobs": api.list,
  "GET /jobs/{jobId}": api.get,
  "GET /jobs/{jobId}/status": api.status,
  "GET /jobs/{jobId}/result": api.result,
  "HEAD /jobs/{jobId}/result": api.result,
  "DELETE /jobs/{jobId}": api.cancel,
  "POST /jobs/{jobId}/retry": api.retry,
  "POST /batches": api.batches,
  "GET /batches/{batchId}": api.batch,
  "DELETE /batches/{batchId}": api.batchCancel,
  "POST /batches/{batchId}/retry": api.batchRetry,
  "GET /batches/{batchId}/result": api.batchResult,
  "POST /uploads": api.uploads,
  "POST /plans": api.plans,
  "GET /operations": api.operations,
  "GET /health": api.health,
};

/** Calls that change a table, a bucket or a queue where they succeed. */
const writes =
  /^(dynamodb\.(Put|Update|Delete|BatchWrite|Transact)|s3\.(PUT|DELETE|POST)|sqs\.Send|ecs\.|events\.)/;

/**
 * The handlers in this process, over AWS's clients and an emulated table, called as the gateway calls them.
 * @param worked is called with the cloud after each submit: its message may be worked on
 */
export function handlerTarget(cloud: StubCloud, worked: () => Promise<void>): Target {
  return {
    async send(sent) {
      forget(cloud);
      const start = performance.now();
      const answer = await answerOf(sent);
      const milliseconds = performance.now() - start;
      if (answer.status === 202) await worked();
      return { ...answer, milliseconds };
    },

    put: async (url, file) =>
      void (await fetch(url, { method: "PUT", body: file as Uint8Array<ArrayBuffer> })),

    traceOf() {
      // A conditional write that fails writes nothing: of the table, what it answered 200 to counts.
      const asked = cloud.calls.filter((call) => writes.test(call) && !call.startsWith("dynamodb."));
      const done = cloud.exchanges.map(({ action }) => `dynamodb.${action}`);
      const traces = [...asked, ...done.filter((call) => writes.test(call))];
      return traces.length === 0 ? undefined : `refused, and yet it did ${traces.join(", ")}`;
    },
  };
}

/** What earlier requests asked of the cloud. */
function forget(cloud: StubCloud): void {
  cloud.calls.length = 0;
  cloud.exchanges.length = 0;
}

async function answerOf({ method, path, headers, body }: SentRequest): Promise<Omit<Answer, "milliseconds">> {
  const { pathname, search } = new URL(`http://api${path}`);
  const [, room = "", id, last] = pathname.split("/");
  const parameter = { jobs: "jobId", batches: "batchId" }[room];
  const hasId = parameter !== undefined && id !== undefined;
  const route = `${method} ${hasId ? [`/${room}/{${parameter}}`, last].filter(Boolean).join("/") : pathname}`;
  const handler = Object.hasOwn(handlers, route) ? handlers[route as Route] : undefined;
  // The gateway answers itself where there is no route, or where the id in the path is no text.
  const name = decoded(hasId ? id : "");
  if (!handler || name === undefined) return { status: 404, headers: {}, text: "" };
  const query = Object.fromEntries(new URLSearchParams(search));
  const event = httpEvent({
    method,
    headers: { ...headers },
    ...(search.length > 1 ? { query } : {}),
    ...(hasId ? { [parameter]: name } : {}),
    ...(body ? { body: isText({ headers }) ? body.toString() : body } : {}),
  });
  const reply = await handler(event, lambdaContext());
  return {
    status: reply.statusCode ?? 0,
    headers: (reply.headers ?? {}) as Answer["headers"],
    text: String(reply.body ?? ""),
  };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
