import { createServer, type IncomingMessage, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** One call to AWS, as it came. */
export interface Call {
  readonly service: string;
  /** The API's name for it, or method and path where the API is REST. */
  readonly action: string;
  readonly body: Buffer;
  /** The answer's, once there is one. */
  status?: number;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What the emulator cannot do with a call that AWS takes, and what is done about it. */
export interface Gap {
  readonly service: string;
  readonly action: string;
  readonly lacks: string;
  readonly instead: string;
  /** Whether this call of the action falls into it; every one where absent. */
  applies?(call: Call): boolean;
  /** An answer in place of the emulator's, or another body for it. */
  fill(call: Call): Promise<Answer | Buffer>;
}

/**
 * Stands before the emulator: everything passes unchanged and is written down, but the calls that fall into a
 * known gap. What the run claims about calls is read from here, not from the emulator's own idea of them.
 */
export interface Front {
  readonly url: string;
  readonly calls: readonly Call[];
  /** The gaps that some call fell into. */
  readonly filled: ReadonlySet<Gap>;
  stop(): Promise<void>;
}

const credentialScope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//;

function callOf(request: IncomingMessage, body: Buffer): Call {
  const { authorization = "", "x-amz-target": target, "content-type": type = "" } = request.headers;
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://front");
  const signed = authorization || `Credential=${searchParams.get("X-Amz-Credential") ?? ""}/`;
  const service = credentialScope.exec(signed)?.[1] ?? "unsigned";
  const named = type.startsWith("application/x-www-form-urlencoded")
    ? new URLSearchParams(body.toString()).get("Action")
    : String(target ?? "").split(".")[1];
  const subresource = searchParams.has("delete") ? "?delete" : "";
  return { service, action: named || `${request.method} ${pathname}${subresource}`, body };
}

export async function startFront(emulator: string, gaps: readonly Gap[]): Promise<Front> {
  const calls: Call[] = [];
  const filled = new Set<Gap>();
  const server = createServer(async (request, response) => {
    try {
      let body: Buffer = await buffer(request);
      const call = callOf(request, body);
      calls.push(call);
      const gap = gaps.find(
        ({ service, action, applies }) =>
          service === call.service && action === call.action && (applies?.(call) ?? true),
      );
      if (gap) {
        filled.add(gap);
        const filling = await gap.fill(call);
        if (!Buffer.isBuffer(filling)) {
          call.status = filling.status;
          response.writeHead(filling.status, { "content-type": filling.contentType }).end(filling.body);
          return;
        }
        body = filling;
      }
      const { "transfer-encoding": _, ...headers } = request.headers;
      const options = { method: request.method, headers: { ...headers, "content-length": body.length } };
      const passed = send(new URL(request.url ?? "/", emulator), options, (answer) => {
        const { statusCode = 502 } = answer;
        call.status = statusCode;
        response.writeHead(statusCode, answer.rawHeaders);
        answer.pipe(response);
      });
      passed.once("error", (error) => response.destroy(error));
      passed.end(body);
    } catch (error) {
      console.error("the front of the emulator:", error);
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    filled,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
