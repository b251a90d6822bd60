import { gzipSync } from "node:zlib";
import { encodeNpy } from "@sluice/contract/npy";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as plans } from "../../../functions/plans.ts";
import { handler as result } from "../../../functions/result.ts";
import { handler as submit } from "../../../functions/submit.ts";
import { handler as uploads } from "../../../functions/uploads.ts";
import { finished } from "../../support/functions/jobs.ts";
import { call, freshStage } from "../../support/functions/stage.ts";

vi.mock("../../../aws/ports.ts", async () =>
  (await import("../../support/functions/stage.ts")).portsOfStage(),
);
vi.mock("../../../aws/telemetry/log.ts", async () =>
  (await import("../../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../../aws/config.ts", async () =>
  (await import("../../support/functions/stage.ts")).configOfStage(),
);

beforeEach(() => {
  freshStage();
});

/** One name in every spelling that HTTP calls the same: names and types have no case, blanks stand round a semicolon. */
const spelled = (name: string) =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
      fc.constantFrom("", ";", "; charset=utf-8", ";charset=UTF-8", ' ; charset="utf-8"', "; v=1; x=2"),
    )
    .map(
      ([upper, rest]) =>
        [...name].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join("") + rest,
    );

const routes = [
  ["POST /jobs", submit, 202, '{"dataMatrix":[[1]]}'],
  ["POST /plans", plans, 200, '{"dataMatrix":[[1]]}'],
  ["POST /uploads", uploads, 201, '{"bytes":1000}'],
] as const;

describe.each(routes)("%s", (_name, handler, accepted, body) => {
  test("takes JSON under every spelling of its type, plain and gzipped", async () => {
    await fc.assert(
      fc.asyncProperty(
        spelled("application/json"),
        fc.constantFrom("gzip", "GZIP", "x-gzip", "X-GZip"),
        async (type, encoding) => {
          const headers = { "content-type": type };
          const plain = await call(handler, { method: "POST", headers, body });
          expect(plain.status, plain.text).toBe(accepted);
          const packed = { ...headers, "content-encoding": encoding };
          const reply = await call(handler, { method: "POST", headers: packed, body: gzipSync(body) });
          expect(reply.status, reply.text).toBe(accepted);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([" ", "", "application/jsonp", "text/json", "application/json, application/json"])(
    "refuses another type, or none: %j",
    async (type) => {
      const reply = await call(handler, { method: "POST", headers: { "content-type": type }, body });
      expect(reply).toMatchObject({ status: 415, body: { code: "unsupported-media-type" } });
      expect(reply.body.got).toBe(type.trim() || "no content type");
    },
  );
});

test("a .npy is one under every spelling of its type, for jobs and for plans", async () => {
  const body = encodeNpy({ shape: [1, 1], dtype: "float64", data: Float64Array.of(1) });
  await fc.assert(
    fc.asyncProperty(spelled("application/x-npy"), async (type) => {
      const request = { method: "POST", headers: { "content-type": type }, body };
      expect([(await call(submit, request)).status, (await call(plans, request)).status]).toEqual([202, 200]);
    }),
    { numRuns: 20 },
  );
});

describe("Accept", () => {
  const typeOf = {
    "application/json": "application/json",
    "text/csv": "text/csv; charset=utf-8; header=absent",
  };

  test("names a type under every spelling, among others and with parameters", async () => {
    const jobId = await finished({ operation: "transpose", dataMatrix: [[1, 2]] });
    const wanted = fc.constantFrom(...(Object.keys(typeOf) as (keyof typeof typeOf)[]));
    await fc.assert(
      fc.asyncProperty(
        wanted.chain((type) => fc.tuple(fc.constant(type), spelled(type))),
        fc.constantFrom("", ", image/png", ",, ", ", application/zip;q=0.1"),
        async ([type, text], others) => {
          const reply = await call(result, { jobId, headers: { accept: `${text}${others}` } });
          expect([reply.status, reply.headers["content-type"]]).toEqual([200, typeOf[type]]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each(["", " ", ",", ", ,"])("that lists nothing prefers nothing: %j", async (accept) => {
    const jobId = await finished({ operation: "transpose", dataMatrix: [[1, 2]] });
    const reply = await call(result, { jobId, headers: { accept } });
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/json"]);
  });

  test("whatever it says, the answer is a result or a 406", async () => {
    const jobId = await finished({ operation: "transpose", dataMatrix: [[1, 2]] });
    const part = fc.constantFrom(...'/;,=*q"\\ .', "text", "csv", "application", "json", "q=0", "q=1.000");
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join("")),
        ),
        async (accept) => {
          const { status } = await call(result, { jobId, headers: { accept } });
          expect([200, 303, 406]).toContain(status);
        },
      ),
    );
  });
});
