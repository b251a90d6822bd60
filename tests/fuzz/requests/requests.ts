import { statuses } from "@sluice/contract/job";
import fc from "fast-check";
import { batchToken, cursorToken, jobToken } from "../known.ts";
import type { FuzzRequest } from "../request.ts";
import { batchText, submissionText, uploadText } from "./bodies.ts";
import { bodyHeaders, readHeaders } from "./headers.ts";
import { npyFile } from "./npy.ts";
import { operationNames, paramsByName } from "./operations.ts";
import { junk } from "./values.ts";

/** Every route of the API, in serverless.yml's words. The fuzz sends to all of them; a test holds the list to the file. */
export const routes = [
  "POST /jobs",
  "GET /jobs",
  "GET /jobs/{jobId}",
  "GET /jobs/{jobId}/status",
  "GET /jobs/{jobId}/result",
  "HEAD /jobs/{jobId}/result",
  "DELETE /jobs/{jobId}",
  "POST /jobs/{jobId}/retry",
  "POST /batches",
  "GET /batches/{batchId}",
  "DELETE /batches/{batchId}",
  "POST /batches/{batchId}/retry",
  "GET /batches/{batchId}/result",
  "POST /uploads",
  "POST /plans",
  "GET /operations",
  "GET /health",
] as const;

export type Route = (typeof routes)[number];

/** How often each comes, in a hundred or so. */
const weights: Readonly<Record<Route, number>> = {
  "POST /jobs": 34,
  "POST /plans": 20,
  "GET /jobs": 6,
  "GET /jobs/{jobId}": 6,
  "GET /jobs/{jobId}/status": 3,
  "GET /jobs/{jobId}/result": 9,
  "HEAD /jobs/{jobId}/result": 2,
  "DELETE /jobs/{jobId}": 6,
  "POST /jobs/{jobId}/retry": 5,
  "POST /batches": 8,
  "GET /batches/{batchId}": 3,
  "DELETE /batches/{batchId}": 1,
  "POST /batches/{batchId}/retry": 2,
  "GET /batches/{batchId}/result": 3,
  "POST /uploads": 6,
  "GET /operations": 1,
  "GET /health": 1,
};

const queryOf = (parameters: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> =>
  fc
    .record(Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, fc.option(value)])))
    .map((said) => {
      const parts = Object.entries(said).flatMap(([name, value]) =>
        value === null ? [] : [`${name}=${encodeURIComponent(value).replaceAll("%7E", "~")}`],
      );
      return parts.length > 0 ? `?${parts.join("&")}` : "";
    });

/** encodeURIComponent throws at half of a surrogate pair: no client could send it. */
const word = junk.map((value) =>
  String(JSON.stringify(value) ?? "")
    .toWellFormed()
    .slice(0, 2000),
);
const surplus = fc.oneof({ weight: 40, arbitrary: fc.constant("") }, { weight: 1, arbitrary: word });

const listQuery = queryOf({
  status: fc.oneof(fc.constantFrom<string>(...statuses), word),
  limit: fc.oneof(fc.constantFrom("1", "100", "101", "0", "-1", "1e2", "1.5", " 1", "0x10", ""), word),
  cursor: cursorToken,
  label: fc.oneof(fc.constantFrom("team:a", "team:", ":a", "team", "constructor:a"), word),
});
const outputQuery = queryOf({
  output: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("result", "u", "s", "constructor", "__proto__", "") },
    word,
  ),
});
const npyQuery = fc.constantFrom(...operationNames).chain((operation) =>
  queryOf({
    operation: fc.oneof({ weight: 8, arbitrary: fc.constant(operation) }, { weight: 1, arbitrary: word }),
    params: fc.oneof(
      { weight: 4, arbitrary: (paramsByName.get(operation) ?? junk).map((params) => JSON.stringify(params)) },
      { weight: 1, arbitrary: word },
    ),
  }),
);

const idsOf: Readonly<Record<string, fc.Arbitrary<string>>> = { "/jobs/": jobToken, "/batches/": batchToken };

/** Raw queries that no client library would write. */
const rawQuery = fc.constantFrom(
  "?",
  "?&&",
  "?=",
  "?%",
  "?limit=%zz",
  "?cursor=%00",
  "?a[]=1",
  "?limit=1&limit=2",
);

const packing = fc.oneof(
  { weight: 30, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.constant("gzip" as const) },
  { weight: 1, arbitrary: fc.constant("cut gzip" as const) },
);

function withPacking({ pack, headers, ...rest }: FuzzRequest): FuzzRequest {
  return pack ? { ...rest, pack, headers: { ...headers, "content-encoding": "gzip" } } : { ...rest, headers };
}

/**
 * One request of the fuzz.
 * @param waits values of `Prefer` that hold the answer back: none where nobody would end the jobs meanwhile
 */
export function anyRequest(waits: readonly string[]): fc.Arbitrary<FuzzRequest> {
  const json = (method: string, path: string, text: fc.Arbitrary<string>) =>
    fc
      .record({
        path: surplus.map((query) => path + (query && `?x=${encodeURIComponent(query)}`)),
        headers: bodyHeaders(waits),
        body: text,
        pack: packing,
      })
      .map((parts) => withPacking({ method, ...parts }));
  const npy = (path: string) =>
    fc
      .record({ query: npyQuery, headers: bodyHeaders(waits), body: npyFile, pack: packing })
      .map(({ query, headers, ...parts }) =>
        withPacking({
          method: "POST",
          path: path + query,
          headers: { ...headers, "content-type": "application/x-npy" },
          ...parts,
        }),
      );
  const submits = (path: string) =>
    fc.oneof(
      { weight: 6, arbitrary: json("POST", path, submissionText) },
      { weight: 1, arbitrary: npy(path) },
    );
  const read = (
    method: string,
    before: string,
    after = "",
    query: fc.Arbitrary<string> = surplus.map((q) => q && `?x=${encodeURIComponent(q)}`),
  ) =>
    fc
      .record({
        id: idsOf[before] ?? fc.constant(""),
        query: fc.oneof({ weight: 20, arbitrary: query }, { weight: 1, arbitrary: rawQuery }),
        headers: readHeaders(waits),
      })
      .map(({ id, query, headers }) => ({
        method,
        path: `${before}${encodedId(id)}${after}${query}`,
        headers,
      }));
  const uploads = fc.oneof(
    { weight: 2, arbitrary: json("POST", "/uploads", uploadText) },
    {
      weight: 3,
      arbitrary: npyFile
        .filter(({ length }) => length > 0)
        .map((file) => ({
          method: "POST",
          path: "/uploads",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ bytes: file.length }),
          file,
        })),
    },
  );
  const all: Readonly<Record<Route, fc.Arbitrary<FuzzRequest>>> = {
    "POST /jobs": submits("/jobs"),
    "POST /plans": submits("/plans"),
    "GET /jobs": read("GET", "/jobs", "", listQuery),
    "GET /jobs/{jobId}": read("GET", "/jobs/"),
    "GET /jobs/{jobId}/status": read("GET", "/jobs/", "/status"),
    "GET /jobs/{jobId}/result": read("GET", "/jobs/", "/result", outputQuery),
    "HEAD /jobs/{jobId}/result": read("HEAD", "/jobs/", "/result", outputQuery),
    "DELETE /jobs/{jobId}": read("DELETE", "/jobs/"),
    "POST /jobs/{jobId}/retry": read("POST", "/jobs/", "/retry"),
    "POST /batches": json("POST", "/batches", batchText),
    "GET /batches/{batchId}": read("GET", "/batches/"),
    "DELETE /batches/{batchId}": read("DELETE", "/batches/"),
    "POST /batches/{batchId}/retry": read("POST", "/batches/", "/retry"),
    "GET /batches/{batchId}/result": read("GET", "/batches/", "/result"),
    "POST /uploads": uploads,
    "GET /operations": read("GET", "/operations"),
    "GET /health": read("GET", "/health"),
  };
  const known = routes.map((route) => ({ weight: weights[route], arbitrary: all[route] }));
  return fc.oneof(...known, { weight: 2, arbitrary: strayRequest });
}

/** Tokens stay as they are, to be found again; all else as a client would write it in a path. */
function encodedId(id: string): string {
  return id.startsWith("~") ? id : encodeURIComponent(id);
}

/** Routes that are not there. */
const strayRequest: fc.Arbitrary<FuzzRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
  path: fc.constantFrom(
    "/",
    "/nope",
    "/jobs/",
    "/jobs//",
    "/jobs/x/y/z",
    "//jobs",
    "/%2e%2e/jobs",
    "/jobs/%zz",
    "/jobs/%00/result",
  ),
  headers: readHeaders(["wait=0"]),
});
