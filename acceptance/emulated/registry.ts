import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

export interface Pushed {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
}

export interface Registry {
  /** host:port */
  readonly address: string;
  /** The manifests that were put, in order. */
  readonly pushed: readonly Pushed[];
  stop(): void;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/**
 * The registry that moto's ECR has not: of the OCI distribution specification what a push needs, and what a pull
 * needs back. Every manifest that comes is told to `put`, before its answer.
 */
export async function startRegistry(
  folder: string,
  tls: { readonly key: string; readonly cert: string },
  put: (pushed: Pushed) => Promise<void>,
): Promise<Registry> {
  await mkdir(folder);
  const pushed: Pushed[] = [];
  const mediaTypes = new Map<string, string>();
  /** `repository:tag` → digest. */
  const tags = new Map<string, string>();
  const file = (name: string): string => path.join(folder, name.replace(":", "-"));

  /** A piece of a blob, or all of it; the upload's file grows. */
  const append = (request: IncomingMessage, upload: string): Promise<void> =>
    pipeline(request, createWriteStream(file(upload), { flags: "a" }));

  async function finish(request: IncomingMessage, response: ServerResponse, upload: string, digest: string) {
    await append(request, upload);
    const got = digestOf(await readFile(file(upload)));
    if (got !== digest) return response.writeHead(400).end(`expected ${digest}, got ${got}`);
    await rename(file(upload), file(digest));
    return response.writeHead(201, { "docker-content-digest": digest }).end();
  }

  async function putManifest(request: IncomingMessage, response: ServerResponse, name: string, ref: string) {
    const bytes = await buffer(request);
    const digest = digestOf(bytes);
    const mediaType = request.headers["content-type"] ?? "";
    const tag = ref.startsWith("sha256:") ? undefined : ref;
    const manifest = { repository: name, tag, digest, manifest: bytes.toString(), mediaType };
    await put(manifest);
    await writeFile(file(digest), bytes);
    mediaTypes.set(digest, mediaType);
    if (tag !== undefined) tags.set(`${name}:${tag}`, digest);
    pushed.push(manifest);
    response.writeHead(201, { "docker-content-digest": digest }).end();
  }

  async function get(request: IncomingMessage, response: ServerResponse, digest: string | undefined) {
    const size = digest && (await stat(file(digest)).catch(() => undefined))?.size;
    if (!digest || size === undefined) return response.writeHead(404).end('{"errors":[]}');
    response.writeHead(200, {
      "content-type": mediaTypes.get(digest) ?? "application/octet-stream",
      "content-length": size,
      "docker-content-digest": digest,
    });
    if (request.method === "HEAD") return response.end();
    return pipeline(createReadStream(file(digest)), response);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { method = "GET" } = request;
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://registry");
    if (!request.headers.authorization?.startsWith("Basic ")) {
      return response.writeHead(401, { "www-authenticate": 'Basic realm="ecr"' }).end();
    }
    if (pathname === "/v2/") return response.writeHead(200).end("{}");
    const [, name = "", kind, ref = ""] =
      /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/([^/]*)$/.exec(pathname) ?? [];
    const read = method === "GET" || method === "HEAD";
    if (kind === "manifests" && method === "PUT") return putManifest(request, response, name, ref);
    if (kind === "manifests" && read) {
      return get(request, response, ref.startsWith("sha256:") ? ref : tags.get(`${name}:${ref}`));
    }
    if (kind === "blobs" && read) return get(request, response, ref);
    if (kind !== "blobs/uploads") return response.writeHead(405).end();
    const upload = ref || `upload-${randomUUID()}`;
    const digest = searchParams.get("digest");
    if (digest) return finish(request, response, upload, digest);
    if (method === "PATCH") await append(request, upload);
    const { size } = (await stat(file(upload)).catch(() => undefined)) ?? { size: 0 };
    const location = `/v2/${name}/blobs/uploads/${upload}`;
    return response
      .writeHead(202, { location, range: `0-${Math.max(0, size - 1)}`, "content-length": 0 })
      .end();
  }

  const server = createServer(tls, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushed,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
