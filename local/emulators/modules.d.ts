// dynalite and s3rver ship no types: only what is used here.
declare module "dynalite" {
  import type { Server } from "node:http";
  export default function dynalite(options?: { createTableMs?: number; path?: string }): Server;
}

declare module "@20minutes/s3rver" {
  import type { Server } from "node:http";

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
    readonly store: {
      getBucket(name: string): Promise<unknown>;
      getSubresource(bucket: string, key: string | undefined, type: string): Promise<unknown>;
    };
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}
