import { gzipSync } from "node:zlib";
import type { Known } from "./known.ts";

/** A request as the fuzz makes it: path and text may hold tokens for what earlier answers brought. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly pack?: "gzip" | "cut gzip" | undefined;
  /** What is PUT where the answer, of POST /uploads, says. */
  readonly file?: Uint8Array;
}

/** A request as it is sent. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly file?: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly milliseconds: number;
}

/** With what is known by now in the place of tokens, and packed. */
export function sendable(
  { method, path, headers, body, pack, file }: FuzzRequest,
  known: Known,
): SentRequest {
  const plain = typeof body === "string" ? Buffer.from(known.resolve(body)) : body && Buffer.from(body);
  const packed = plain && pack ? gzipSync(plain) : plain;
  const sent = packed && pack === "cut gzip" ? packed.subarray(0, Math.ceil(packed.length / 2)) : packed;
  return {
    method,
    path: known.resolve(path),
    headers,
    ...(sent && { body: sent }),
    ...(file && { file }),
  };
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const isText = (body: Buffer) => /^[\x20-\x7e]*$/.test(body.toString("latin1"));

/** The request as a command for a shell, whole: what is printed of a failure. */
export function asCurl({ method, path, headers, body }: SentRequest, url: string): string {
  const named = Object.entries(headers).map(
    ([name, value]) => ` -H ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`,
  );
  const how = method === "HEAD" ? "-I" : `-X ${method}`;
  const call = `curl -sS -i --path-as-is ${how} ${quoted(url + path)}${named.join("")}`;
  if (!body) return call;
  if (isText(body)) return `${call} --data-binary ${quoted(body.toString("latin1"))}`;
  return `echo ${body.toString("base64")} | base64 -d | ${call} --data-binary @-`;
}
