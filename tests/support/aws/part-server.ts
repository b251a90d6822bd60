import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Call {
  readonly name: "GetObject" | "HeadObject" | "PutObject" | "Create" | "UploadPart" | "Complete" | "Abort";
  readonly range?: readonly [from: number, to: number];
  readonly ifMatch?: string | undefined;
  readonly part?: number;
  /** 1 for the first request of this name and range or part, and so on. */
  readonly attempt: number;
}

/**
 * What goes wrong with a request: an answer of its own · the body breaks, or stalls, after so many bytes · no
 * answer ever · done, but the answer is lost.
 */
export type Fault =
  | number
  | { readonly breakAfter: number }
  | { readonly stallAfter: number }
  | "hang"
  | "lose";

/** An S3 of one bucket that takes parts and gives ranges, and goes wrong when a test says so. */
export interface PartServer {
  readonly url: string;
  readonly objects: Map<string, { readonly bytes: Buffer; readonly etag: string }>;
  /** Uploads that are open, with their parts. */
  readonly uploads: Map<string, Map<number, Buffer>>;
  readonly calls: Call[];
  /** Requests under way now, and at most. */
  busy: number;
  mostBusy: number;
  fault: (call: Call) => Fault | undefined;
  /** An S3 of other make: it does not know If-Match. */
  ignoresIfMatch: boolean;
  /** Forgets everything but its address. */
  reset(): void;
  stop(): Promise<void>;
}

export async function startPartServer(): Promise<PartServer> {
  const server = createServer((incoming, reply) => {
    s3.busy++;
    s3.mostBusy = Math.max(s3.mostBusy, s3.busy);
    reply.once("close", () => s3.busy--);
    // A client that hangs up in mid-body is no error of the test's.
    handle(s3, incoming, reply).catch(() => reply.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const s3: PartServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: new Map(),
    uploads: new Map(),
    calls: [],
    busy: 0,
    mostBusy: 0,
    fault: () => undefined,
    ignoresIfMatch: false,
    reset() {
      for (const kept of [s3.objects, s3.uploads]) kept.clear();
      Object.assign(s3, { mostBusy: 0, fault: () => undefined, ignoresIfMatch: false });
      s3.calls.length = 0;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return s3;
}

function nameOf(method: string | undefined, query: URLSearchParams): Call["name"] {
  if (method === "POST") return query.has("uploads") ? "Create" : "Complete";
  if (method === "PUT") return query.has("partNumber") ? "UploadPart" : "PutObject";
  if (method === "DELETE") return "Abort";
  return method === "HEAD" ? "HeadObject" : "GetObject";
}

function callOf(s3: PartServer, { method, headers }: IncomingMessage, query: URLSearchParams): Call {
  const name = nameOf(method, query);
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? "") ?? [];
  const call = {
    name,
    ...(to === undefined ? {} : { range: [Number(from), Number(to)] as const }),
    ...(query.has("partNumber") ? { part: Number(query.get("partNumber")) } : {}),
    ifMatch: headers["if-match"],
  };
  const same = (other: Call) =>
    other.name === name && other.part === call.part && String(other.range) === String(call.range);
  return { ...call, attempt: s3.calls.filter(same).length + 1 };
}

async function handle(s3: PartServer, incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
  const { pathname, searchParams: query } = new URL(incoming.url ?? "", "http://s3");
  const key = decodeURIComponent(pathname).split("/").slice(2).join("/");
  const call = callOf(s3, incoming, query);
  s3.calls.push(call);
  const fault = s3.fault(call);
  if (fault === "hang") {
    // Read on, or it would not see that its client hangs up.
    incoming.resume();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  if (typeof fault === "number") {
    reply.writeHead(fault).end();
    return;
  }
  const lost = fault === "lose" && reply.destroy.bind(reply);
  const answer = (status: number, text = "", headers = {}) =>
    lost ? lost() : reply.writeHead(status, headers).end(text);
  const upload = query.get("uploadId") ?? "";
  const parts = s3.uploads.get(upload);
  const noUpload = () => answer(404, "<Error><Code>NoSuchUpload</Code></Error>");
  switch (call.name) {
    case "GetObject":
      return get(s3, key, call, reply, typeof fault === "object" ? fault : {});
    case "HeadObject":
      return void answer(200, "", { "content-length": s3.objects.get(key)?.bytes.byteLength ?? 0 });
    case "PutObject":
      s3.objects.set(key, { bytes: Buffer.concat(chunks), etag: '"put"' });
      return void answer(200, "", { etag: '"put"' });
    case "Create": {
      const id = `upload-${s3.calls.length}`;
      s3.uploads.set(id, new Map());
      return void answer(200, `<R><UploadId>${id}</UploadId></R>`);
    }
    case "UploadPart":
      if (!parts) return void noUpload();
      parts.set(call.part ?? 0, Buffer.concat(chunks));
      return void answer(200, "", { etag: `"part-${call.part}"` });
    case "Abort":
      return void (s3.uploads.delete(upload) ? answer(204) : noUpload());
    case "Complete": {
      if (!parts) return void noUpload();
      const named = [
        ...Buffer.concat(chunks)
          .toString()
          .matchAll(/part-(\d+)/g),
      ].map(([, part]) => Number(part));
      s3.objects.set(key, {
        bytes: Buffer.concat(named.map((part) => parts.get(part) as Buffer)),
        etag: '"done"',
      });
      s3.uploads.delete(upload);
      return void answer(200, '<R><ETag>"done"</ETag></R>');
    }
  }
}

function get(
  s3: PartServer,
  key: string,
  { range, ifMatch }: Call,
  reply: ServerResponse,
  fault: { breakAfter?: number; stallAfter?: number },
) {
  const object = s3.objects.get(key);
  const refuse = (status: number, code: string) =>
    void reply.writeHead(status).end(`<Error><Code>${code}</Code></Error>`);
  if (!object) return refuse(404, "NoSuchKey");
  const { bytes, etag } = object;
  if (ifMatch && ifMatch !== etag && !s3.ignoresIfMatch) return refuse(412, "PreconditionFailed");
  const [from, to] = range ?? [0, bytes.byteLength - 1];
  if (from >= bytes.byteLength) return refuse(416, "InvalidRange");
  const part = bytes.subarray(from, to + 1);
  reply.writeHead(206, { "content-length": part.byteLength, etag });
  const { breakAfter, stallAfter } = fault;
  if (stallAfter !== undefined) return void reply.write(part.subarray(0, stallAfter));
  if (breakAfter === undefined) return void reply.end(part);
  reply.write(part.subarray(0, breakAfter), () => reply.destroy());
}
