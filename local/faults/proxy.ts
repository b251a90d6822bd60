import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Emulator } from "../emulators/emulator.ts";
import { listen } from "../http-server.ts";
import { errorAnswer } from "./error-answer.ts";
import type { CloudFaults, HttpFault, ProxiedService, ServiceRequest } from "./faults.ts";

type Headers = http.IncomingHttpHeaders;

/** Stands before one emulator and does to each request what `faults` says. Bodies are streamed both ways. */
export async function startProxy(
  service: ProxiedService,
  url: string,
  faults: CloudFaults,
): Promise<Emulator> {
  const agent = new http.Agent({ keepAlive: true });
  const stopping = new AbortController();

  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const fault = faults.request?.(described(service, request));
    if (fault && "error" in fault) {
      // What is not read would stand before the next request on this connection.
      request.resume();
      const { status, headers, body } = errorAnswer(service, fault.error);
      response.writeHead(status, headers).end(body);
      return;
    }
    if (fault && "delayMs" in fault) await delay(fault.delayMs, undefined, { signal: stopping.signal });
    forward(url, agent, request, response, fault);
  };

  const server = await listen(serve);
  return {
    url: server.url,
    async stop() {
      stopping.abort();
      await server.stop();
      agent.destroy();
    },
  };
}

function described(
  service: ProxiedService,
  { method = "", url = "", headers }: http.IncomingMessage,
): ServiceRequest {
  const [, attempt = "1"] = /attempt=(\d+)/.exec(String(headers["amz-sdk-request"])) ?? [];
  return {
    service,
    action:
      String(headers["x-amz-target"] ?? method)
        .split(".")
        .at(-1) ?? "",
    path: url.split("?", 1)[0] ?? "",
    attempt: Number(attempt),
  };
}

function forward(
  url: string,
  agent: http.Agent,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  fault: HttpFault | undefined,
): void {
  const { hostname, port } = new URL(url);
  const upstream = http.request({
    hostname,
    port,
    agent,
    method: request.method ?? "GET",
    path: request.url ?? "/",
    // The Host stays the one that was signed.
    headers: endToEnd(request.headers),
  });
  upstream.on("response", (answer) => {
    if (fault && "dropReply" in fault) {
      answer.resume();
      fault.applied?.();
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  // Either side's broken connection is the other's: each sees what it would see without a proxy.
  upstream.on("error", () => response.destroy());
  response.on("close", () => {
    if (!response.writableFinished && !(fault && "dropReply" in fault)) upstream.destroy();
  });
  request.pipe(upstream);
}

/** Without the headers that speak of one connection only. */
function endToEnd({ connection: _, "keep-alive": __, ...headers }: Headers): Headers {
  return headers;
}
