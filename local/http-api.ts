import { channel } from "node:diagnostics_channel";
import type { Server as HttpServer } from "node:http";

/** The little of hapi's server that is used here. */
export interface HapiServer {
  readonly listener: HttpServer;
  readonly settings: { compression: unknown };
  ext(event: "onPreStop", method: () => Promise<void>): void;
  ext(
    event: "onPreHandler" | "onPreResponse",
    method: (request: HapiRequest, toolkit: HapiToolkit) => unknown,
  ): void;
}

interface HapiRequest {
  readonly headers: Record<string, string | undefined>;
  readonly response: { readonly source?: unknown };
}

interface HapiToolkit {
  readonly continue: symbol;
  response(body: object): { code(status: number): unknown };
}

/**
 * Calls back once, with the server that `gateway` finds, as soon as it listens. serverless-offline has
 * no event for this under plain `sls offline`, so Node itself is asked.
 */
export function whenListening(
  gateway: () => HapiServer | undefined,
  ready: (server: HapiServer) => void,
): void {
  const listening = channel("tracing:net.server.listen:asyncEnd");
  const heard = (message: unknown): void => {
    const server = gateway();
    if (!server || (message as { server: unknown }).server !== server.listener) return;
    listening.unsubscribe(heard);
    ready(server);
  };
  listening.subscribe(heard);
}

/**
 * The content types whose bodies API Gateway's HTTP API hands over as text; all others, none included, it
 * encodes as base64. Measured on AWS by ministackorg/ministack, pull request 766.
 */
const textual = /^(?:text\/.*|application\/(?:json|xml|javascript))$/;

function isText({ headers }: HapiRequest): boolean {
  const encoding = headers["content-encoding"] ?? "identity";
  const [mime = ""] = (headers["content-type"] ?? "").split(";");
  return encoding === "identity" && textual.test(mime.trim().toLowerCase());
}

/** serverless-offline's answer when a handler throws: the error and its stack, with status 200. */
const thrown = /^\{"errorMessage":.*"stackTrace":/s;

/** Makes serverless-offline's server answer as API Gateway does where it differs. */
export function behaveLikeGateway(server: HapiServer): void {
  // An HTTP API never compresses what a function answers; hapi would, for a tenth of this thread's time.
  server.settings.compression = false;
  // serverless-offline encodes two content types only, which it looks for in this copy of the headers. The
  // event gets the headers that came.
  server.ext("onPreHandler", (request, toolkit) => {
    if (!isText(request)) request.headers["content-type"] = "application/octet-stream";
    return toolkit.continue;
  });
  server.ext("onPreResponse", ({ response }, toolkit) =>
    typeof response.source === "string" && thrown.test(response.source)
      ? toolkit.response({ message: "Internal Server Error" }).code(500)
      : toolkit.continue,
  );
}
