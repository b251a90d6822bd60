import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../local/stack-process.ts";
import { temporaryRoot } from "../../local/workspace.ts";

const folder = path.resolve(import.meta.dirname, "../fixtures/echo-service");
const stacks: Stack[] = [];

/** A stack takes three seconds to start on an idle machine; this is for a busy one. */
const slow = { timeout: 120_000 };

async function start(environment: Record<string, string> = {}): Promise<Stack> {
  const stack = await startStack(environment, folder);
  stacks.push(stack);
  return stack;
}

afterAll(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
});

const read = async ({ url }: Stack, id: string) => {
  const response = await fetch(`${url}/records/${id}`);
  return response.ok ? ((await response.json()) as { pid: number }) : undefined;
};

/** Sends a record through SQS, the work function and DynamoDB; answers the process that wrote it. */
async function record(stack: Stack, id: string): Promise<number> {
  await fetch(`${stack.url}/records/${id}`, { method: "POST" });
  await expect.poll(() => read(stack, id), { timeout: 10_000, interval: 20 }).toBeDefined();
  return (await read(stack, id))?.pid ?? 0;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const leftBehind = (pid: number | undefined): string[] => {
  const builds = path.join(folder, ".esbuild");
  return [
    ...(existsSync(builds) ? readdirSync(builds) : []).filter((name) => name === String(pid)),
    ...readdirSync(temporaryRoot()).filter((name) => name.startsWith(`sluice-${pid}-`)),
  ];
};

describe("two stacks of one checkout", () => {
  let first: Stack;
  let second: Stack;

  beforeAll(async () => {
    [first, second] = await Promise.all([start(), start()]);
  }, slow.timeout);

  test("run side by side, each with its own data", async () => {
    await record(first, "mine");
    expect(await read(second, "mine")).toBeUndefined();
  });

  test("run what the queue triggers outside the process of the API", async () => {
    expect(await record(first, "where")).not.toBe(first.process.pid);
  });

  const bytes = new Uint8Array([0x93, 0x4e, 0xff, 0x00, 0x80]);
  const bodies: [string, string | undefined, string | Uint8Array<ArrayBuffer>, object][] = [
    [
      "JSON as text",
      "application/json; charset=utf-8",
      '{"a": 1}',
      { body: '{"a": 1}', isBase64Encoded: false },
    ],
    ["text as text", "text/csv", "1,2", { body: "1,2", isBase64Encoded: false }],
    [
      "bytes as base64",
      "application/x-npy",
      bytes,
      { body: "k07/AIA=", isBase64Encoded: true, type: "application/x-npy" },
    ],
    ["a form as base64", "application/x-www-form-urlencoded", "a=b", { body: "YT1i", isBase64Encoded: true }],
  ];
  test.each(bodies)("hand over %s", async (_, type, body, expected) => {
    const headers = type === undefined ? {} : { "content-type": type };
    const response = await fetch(`${first.url}/echo`, { method: "POST", headers, body });
    expect(await response.json()).toMatchObject(expected);
  });

  test("hand over compressed JSON as base64", async () => {
    const body = gzipSync("{}");
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const response = await fetch(`${first.url}/echo`, { method: "POST", headers, body });
    expect(await response.json()).toMatchObject({ body: body.toString("base64"), isBase64Encoded: true });
  });

  test("hand over 9 MiB", async () => {
    const body = "x".repeat(9 << 20);
    const headers = { "content-type": "text/plain" };
    const response = await fetch(`${first.url}/echo`, { method: "POST", headers, body });
    expect(((await response.json()) as { body: string }).body).toHaveLength(body.length);
  });

  test("answer 500 without a trace when a handler throws", async () => {
    const headers = { "content-type": "text/plain" };
    const response = await fetch(`${first.url}/echo`, { method: "POST", headers, body: "throw" });
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"message":"Internal Server Error"}');
  });

  test("leave nothing behind after Ctrl-C, at once", async () => {
    const worker = await record(first, "last");
    const began = performance.now();
    expect(await first.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(isRunning(worker)).toBe(false);
    expect(leftBehind(first.process.pid)).toEqual([]);
    await expect(fetch(first.url)).rejects.toThrow();
    expect(await read(second, "mine")).toBeUndefined();
  });

  test("leave no process behind when killed, and the next stack removes the folders", slow, async () => {
    const worker = await record(second, "orphan");
    second.process.kill("SIGKILL");
    await once(second.process, "exit");
    await expect.poll(() => isRunning(worker), { timeout: 5000, interval: 20 }).toBe(false);
    const third = await start();
    expect(leftBehind(second.process.pid)).toEqual([]);
    await third.stop();
  });
});

test("SLUICE_DATA keeps records across a restart", slow, async () => {
  const SLUICE_DATA = mkdtempSync(path.join(tmpdir(), "sluice-data-"));
  const before = await start({ SLUICE_DATA });
  const pid = await record(before, "kept");
  await before.stop();
  const after = await start({ SLUICE_DATA });
  expect(await read(after, "kept")).toEqual({ pid });
  expect(await record(after, "new")).toBeGreaterThan(0);
  await after.stop();
  rmSync(SLUICE_DATA, { recursive: true });
});

test("sls invoke local resolves the environment without credentials", slow, async () => {
  const sls = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");
  const args = [sls, "invoke", "local", "-f", "greet", "--data", '{"name":"you"}'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  expect(stdout).toContain("hello you of arn:aws:sqs:eu-west-1:000000000000:echo-queue");
});
