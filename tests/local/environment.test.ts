import { once } from "node:events";
import { utimesSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { EnvironmentPool } from "../../local/lambda/pool.ts";
import { createLog } from "../../local/log.ts";
import { Segments } from "../../local/xray/segments.ts";
import { bundleFolder, lambdaFunction } from "../support/local/bundles.ts";

const folder = bundleFolder();
const lines: string[] = [];
const log = createLog({ debug: true, write: (line) => lines.push(line) });
const pools: EnvironmentPool[] = [];

function pool(source: string, overrides: Parameters<typeof lambdaFunction>[1] = {}): EnvironmentPool {
  const bundle = folder.write(`f${pools.length}`, source);
  const made = new EnvironmentPool(
    lambdaFunction(bundle, overrides),
    { AWS_REGION: "eu-west-1" },
    log,
    new Segments(),
  );
  pools.push(made);
  return made;
}

afterAll(async () => {
  await Promise.all(pools.map((each) => each.stop()));
  folder.remove();
});

const answer = (payload: string): unknown => JSON.parse(payload);

test("runs the handler with its event, its environment and Lambda's context", async () => {
  const echo = pool(
    `exports.handler = async (event, context) => ({
      event, id: typeof context.awsRequestId, memory: context.memoryLimitInMB, arn: context.invokedFunctionArn,
      left: context.getRemainingTimeInMillis(), name: process.env.AWS_LAMBDA_FUNCTION_NAME,
      own: process.env.OWN, region: process.env.AWS_REGION, strayed: process.env.VITEST })`,
    { environment: { OWN: "mine" }, timeoutSeconds: 5 },
  );
  const { payload, functionError } = await echo.invoke({ a: 1 });
  expect(functionError).toBeUndefined();
  expect(answer(payload)).toMatchObject({
    event: { a: 1 },
    id: "string",
    memory: "512",
    arn: echo.lambda.arn,
    name: echo.lambda.name,
    own: "mine",
    region: "eu-west-1",
  });
  const { left, strayed } = answer(payload) as { left: number; strayed?: string };
  expect(left).toBeGreaterThan(4000);
  expect(left).toBeLessThanOrEqual(5000);
  expect(strayed).toBeUndefined();
});

describe("a function that fails", () => {
  test("by throwing answers its error and goes on in the same environment", async () => {
    const throws = pool(
      `exports.handler = async (e) => { if (e.bad) throw new TypeError("no"); return process.pid }`,
    );
    const before = await throws.invoke({});
    const { payload, functionError } = await throws.invoke({ bad: true });
    expect(functionError).toBe("Unhandled");
    expect(answer(payload)).toMatchObject({ errorType: "TypeError", errorMessage: "no" });
    expect((await throws.invoke({})).payload).toBe(before.payload);
  });

  test("by running too long, even without ever yielding, is killed", async () => {
    const spins = pool(`exports.handler = (e) => { while (e.spin); return process.pid }`, {
      timeoutSeconds: 0.5,
    });
    const before = await spins.invoke({});
    const { payload, functionError } = await spins.invoke({ spin: true });
    expect(functionError).toBe("Unhandled");
    expect(answer(payload)).toMatchObject({ errorType: "Sandbox.Timedout" });
    expect(payload).toContain("Task timed out after 0.50 seconds");
    const after = await spins.invoke({});
    expect(after.functionError).toBeUndefined();
    expect(after.payload).not.toBe(before.payload);
  });

  test("by using more memory than it has is killed", async () => {
    const eats = pool(
      `exports.handler = () => { const held = []; for (;;) held.push(Buffer.alloc(16 << 20, 1)); }`,
      { memoryMiB: 160 },
    );
    const { payload, functionError } = await eats.invoke({});
    expect(functionError).toBe("Unhandled");
    expect(answer(payload)).toMatchObject({ errorType: "Runtime.OutOfMemory" });
  });

  test("by ending its process answers so, and the next invocation has a new one", async () => {
    const exits = pool(`exports.handler = (e) => { if (e.exit) process.exit(3); return 1 }`);
    const { payload, functionError } = await exits.invoke({ exit: true });
    expect(functionError).toBe("Unhandled");
    expect(payload).toContain("exit status 3");
    expect((await exits.invoke({})).payload).toBe("1");
  });

  test("by not loading answers what went wrong", async () => {
    const broken = pool(`throw new RangeError("at load")`);
    const { payload, functionError } = await broken.invoke({});
    expect(functionError).toBe("Unhandled");
    expect(answer(payload)).toMatchObject({ errorType: "RangeError", errorMessage: "at load" });
  });
});

describe("the pool", () => {
  test("runs one invocation per environment, up to its concurrency, and the rest after them", async () => {
    const slow = pool(
      `exports.handler = async () => { await new Promise(r => setTimeout(r, 200)); return process.pid }`,
      { concurrency: 2 },
    );
    await slow.warm(2);
    const answers = await Promise.all([1, 2, 3, 4].map(() => slow.invoke({})));
    const pids = answers.map(({ payload }) => payload);
    expect(new Set(pids).size).toBe(2);
    for (const pid of new Set(pids)) expect(pids.filter((other) => other === pid)).toHaveLength(2);
  });

  test("starts anew when the bundle was built again", async () => {
    const code = pool(`exports.handler = () => 1`);
    expect((await code.invoke({})).payload).toBe("1");
    folder.write(code.lambda.key, `exports.handler = () => 2`);
    utimesSync(code.lambda.bundle, new Date(), new Date(Date.now() + 5000));
    expect((await code.invoke({})).payload).toBe("2");
  });

  test("stop kills what runs and answers it as failed", async () => {
    const hangs = pool(`exports.handler = () => { console.log("running"); return new Promise(() => {}) }`);
    const invocation = hangs.invoke({});
    await hangs.warm(1);
    const [pid = 0] = hangs.pids;
    await hangs.stop();
    expect((await invocation).functionError).toBe("Unhandled");
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});

test("an environment whose parent was killed ends by itself", async () => {
  const { spawn } = await import("node:child_process");
  const bundle = folder.write("orphan", `exports.handler = () => new Promise(() => {})`);
  const parent = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { EnvironmentPool } from ${JSON.stringify(new URL("../../local/lambda/pool.ts", import.meta.url).href)};
       const pool = new EnvironmentPool(${JSON.stringify(lambdaFunction(bundle))}, {}, { say() {}, follow() {} });
       await pool.warm(1);
       console.log(pool.pids[0]);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = await once(parent.stdout, "data");
  const pid = Number(String(line));
  parent.kill("SIGKILL");
  await expect.poll(() => isRunning(pid), { timeout: 5000, interval: 20 }).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
