// dynalite and s3rver ship no types: only what is used here.
declare module "dynalite" {
  import type { Server } from "node:http";
  export default function dynalite(options?: { createTableMs?: number; path?: string }): Server;
}

declare module "@20minutes/s3rver" {
  import type { IncomingHttpHeaders, Server } from "node:http";

  /** Koa's, as far as it is used. */
  export interface Context {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string | undefined>>;
    readonly headers: IncomingHttpHeaders;
    remove(header: string): void;
    readonly store: Store;
    status: number;
    type: string;
    body: unknown;
  }

  export interface StoredObject {
    readonly bucket: string;
    readonly key: string;
    readonly content: Buffer | NodeJS.ReadableStream;
    readonly metadata: unknown;
  }

  export interface Store {
    getBucket(name: string): Promise<unknown>;
    getSubresource(bucket: string, key: string | undefined, type: string): Promise<unknown>;
    getResourcePath(bucket: string, key: string | undefined, resource: string): string;
    getMetadata(
      bucket: string,
      key: string,
    ): Promise<{ readonly etag: string; readonly "content-length": string }>;
    putMetadata(bucket: string, key: string, metadata: unknown, md5: string): Promise<void>;
    /** Writes a file; its size and MD5. */
    putContent(file: string, content: StoredObject["content"]): Promise<[number, string]>;
    putObject(object: StoredObject): Promise<{ readonly md5: string; readonly size: number }>;
    putObjectMultipart(
      bucket: string,
      uploadId: string,
      parts: readonly { readonly number: number }[],
    ): Promise<{ readonly md5: string; readonly size: number }>;
  }

  interface Options {
    address: string;
    port: number;
    silent: boolean;
    directory: string;
    configureBuckets: { name: string; configs: string[] }[];
  }
  export default class S3rver {
    constructor(options: Options);
    readonly httpServer: Server;
    readonly middleware: unknown[];
    readonly store: Store;
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}
