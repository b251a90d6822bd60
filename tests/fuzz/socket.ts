import { Agent, request } from "node:http";
import type { NoAnswer, Target } from "./campaign.ts";
import { longest } from "./check.ts";
import type { Answer, SentRequest } from "./request.ts";

/** The API behind a URL. By node:http and not by fetch, which mends headers and paths before it sends them. */
export function socketTarget(url: string): Target & { close(): void } {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);

  function send(sent: SentRequest): Promise<Answer | NoAnswer> {
    const { method, path, headers, body } = sent;
    const { promise, resolve } = Promise.withResolvers<Answer | NoAnswer>();
    const start = performance.now();
    const broken = ({ message }: Error): void =>
      resolve({ why: `the connection broke: ${message}`, hangs: false });
    const outgoing = request({ agent, hostname, port, method, path, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", broken);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers as Answer["headers"],
          text: Buffer.concat(chunks).toString(),
          milliseconds: performance.now() - start,
        }),
      );
    });
    const timer = setTimeout(() => {
      resolve({ why: `no answer in ${longest(sent)} ms`, hangs: true });
      outgoing.destroy();
    }, longest(sent));
    outgoing.on("error", broken);
    outgoing.end(body);
    return promise.finally(() => clearTimeout(timer));
  }

  return {
    send,
    async put(where, file) {
      await fetch(where, { method: "PUT", body: file as Uint8Array<ArrayBuffer> });
    },
    close: () => agent.destroy(),
  };
}
