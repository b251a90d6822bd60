import { once } from "node:events";
import { createServer, type IncomingMessage, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Progress } from "../support/progress.ts";

/** One call to AWS, as it came. */
export interface Call {
  readonly service: string;
  /** The API's name for it, or method and path where the API is REST. */
  readonly action: string;
  readonly body: Buffer;
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
  /** The answer in its place; `ask` asks the emulator, with this body or another. */
  fill(call: Call, ask: (body: Buffer) => Promise<Answer>): Promise<Answer>;
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
  stop(): void;
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

export async function startFront(emulator: string, gaps: readonly Gap[], progress: Progress): Promise<Front> {
  const calls: Call[] = [];
  /** Who asks the same again and again waits for something: that is no progress. */
  const asked = new Set<string>();
  const filled = new Set<Gap>();
  const server = createServer(async (request, response) => {
    try {
      const body = await buffer(request);
      const call = callOf(request, body);
      calls.push(call);
      const question = `${call.service} ${call.action} ${body.toString("base64")}`;
      if (!asked.has(question)) progress.sign();
      asked.add(question);
      const gap = gaps.find(
        ({ service, action, applies }) =>
          service === call.service && action === call.action && (applies?.(call) ?? true),
      );
      if (!gap) {
        const passed = await pass(emulator, request, body);
        response.writeHead(passed.statusCode ?? 502, passed.rawHeaders);
        await pipeline(passed, response);
        return;
      }
      filled.add(gap);
      const answer = await gap.fill(call, (other) => answered(emulator, request, other));
      response.writeHead(answer.status, { "content-type": answer.contentType }).end(answer.body);
    } catch (error) {
      console.error("the front of the emulator:", error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    filled,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Host and signature stay: the emulator makes URLs of the one and finds the service in the other. */
async function pass(emulator: string, request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { "transfer-encoding": _, ...headers } = request.headers;
  const passed = send(new URL(request.url ?? "/", emulator), {
    method: request.method,
    headers: { ...headers, "content-length": body.length },
  });
  passed.end(body);
  const [answer] = await once(passed, "response");
  return answer;
}

async function answered(emulator: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const answer = await pass(emulator, request, body);
  return {
    status: answer.statusCode ?? 502,
    contentType: answer.headers["content-type"] ?? "",
    body: await text(answer),
  };
}
