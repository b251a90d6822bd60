import { channel } from "node:diagnostics_channel";
import type { Server as HttpServer, IncomingMessage } from "node:http";

/** The little of hapi's server that is used here. */
export interface HapiServer {
  readonly listener: HttpServer;
  readonly settings: { compression: unknown; router: { stripTrailingSlash: boolean } };
  table(): readonly { readonly settings: { readonly response: { ranges: boolean } } }[];
  ext(event: "onPreStop", method: () => Promise<void>): void;
  ext(
    event: "onRequest" | "onPreHandler" | "onPreResponse",
    method: (request: HapiRequest, toolkit: HapiToolkit) => unknown,
  ): void;
}

interface HapiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string | undefined>;
  /** The content type as hapi has read it, without its parameters. */
  mime: string | null;
  readonly raw: { readonly req: IncomingMessage };
  readonly response: HapiResponse | Boom;
}

interface HapiResponse {
  readonly isBoom?: undefined;
  readonly source?: unknown;
  readonly settings: { charset: string | null };
}

/** An error of hapi's own, before it is rendered. */
interface Boom {
  readonly isBoom: true;
  readonly output: { readonly statusCode: number; readonly payload: { readonly error: string } };
}

interface HapiToolkit {
  readonly continue: symbol;
  response(body: object): { code(status: number): { takeover(): unknown } };
}

/** A route of the HTTP API: `GET`, `/jobs/{jobId}`. */
export interface Route {
  readonly method: string;
  readonly path: string;
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

export function isText({ headers }: Pick<HapiRequest, "headers">): boolean {
  const encoding = headers["content-encoding"] ?? "identity";
  const [mime = ""] = (headers["content-type"] ?? "").split(";");
  return encoding === "identity" && textual.test(mime.trim().toLowerCase());
}

/** serverless-offline's answer when a handler throws: the error and its stack, with status 200. */
const thrown = /^\{"errorMessage":.*"stackTrace":/s;

/** Makes serverless-offline's server answer as API Gateway does where it differs. */
export function behaveLikeGateway(server: HapiServer, routes: readonly Route[]): void {
  // An HTTP API never compresses what a function answers; hapi would, for a tenth of this thread's time.
  server.settings.compression = false;
  // Nor does it cut ranges out of an answer: GET /health with a Range would be 206 here.
  for (const { settings } of server.table()) settings.response.ranges = false;
  // `/health/` is another path than `/health`.
  server.settings.router.stripTrailingSlash = false;

  server.ext("onRequest", (request, toolkit) => {
    // Without a CORS configuration an HTTP API adds no header and answers no preflight; serverless-offline does both
    // for whoever has an Origin. It reads this copy of the headers; the event gets those that came.
    // Source: API Gateway guide, "Configure CORS for HTTP APIs".
    delete request.headers.origin;
    limitBody(request.raw.req);
    return isRoute(routes, request) ? toolkit.continue : answer(toolkit, 404, "Not Found").takeover();
  });

  server.ext("onPreHandler", (request, toolkit) => {
    // serverless-offline parses and rewrites a body that it takes for JSON: `false` and `0` would arrive as no text,
    // and a JSON string without its quotes. It looks at this; the event keeps the header.
    request.mime = "application/octet-stream";
    // It also calls a body without a type JSON. A blank one stays what it is.
    if (!request.headers["content-type"]) request.raw.req.rawHeaders.push("content-type", " ");
    // It encodes two content types only, which it looks for in this copy of the headers.
    if (!isText(request)) request.headers["content-type"] = "application/octet-stream";
    return toolkit.continue;
  });

  server.ext("onPreResponse", ({ response }, toolkit) => {
    if (response.isBoom) return answer(toolkit, response.output.statusCode, response.output.payload.error);
    if (typeof response.source === "string" && thrown.test(response.source))
      return answer(toolkit, 500, "Internal Server Error");
    // A content type is the function's: hapi would add a charset to it.
    response.settings.charset = null;
    return toolkit.continue;
  });
}

/** hapi gives a body as many milliseconds, but then waits for the rest of it before it says so: for ever, if none comes. */
const bodyTimeout = 10_000;

function limitBody(request: IncomingMessage): void {
  const timer = setTimeout(() => {
    if (request.complete) return;
    request.socket.end("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    request.socket.destroySoon();
  }, bodyTimeout);
  request.once("close", () => clearTimeout(timer));
}

/** What API Gateway answers by itself is a message and nothing else. */
function answer(toolkit: HapiToolkit, status: number, message: string) {
  return toolkit.response({ message }).code(status);
}

/** Exactly the declared ones: API Gateway takes no HEAD for a GET, and knows no OPTIONS of its own. */
function isRoute(routes: readonly Route[], { method, path }: HapiRequest): boolean {
  const given = path.split("/");
  return routes.some((route) => {
    const declared = route.path.split("/");
    return (
      route.method.toUpperCase() === method.toUpperCase() &&
      declared.length === given.length &&
      declared.every((part, i) => (part.startsWith("{") ? given[i] !== "" : part === given[i]))
    );
  });
}
