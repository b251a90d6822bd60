import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { limitMemory } from "../../local/memory-limit.ts";

/** Waits for a line, allocates `mebibytes` and touches every page, says so, and waits again. */
const allocator = `process.stdin.once("data", (line) => {
  globalThis.held = Buffer.alloc(Number(line) * 1024 * 1024, 1);
  console.log("held");
})`;

async function allocate(mebibytes: number, limitMiB: number, by: "any" | "rss") {
  const child = spawn(process.execPath, ["--eval", allocator], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child, "spawn");
  const limit = limitMemory(child.pid ?? 0, limitMiB, by);
  const exited = once(child, "exit");
  const held = once(child.stdout, "data");
  child.stdin.write(`${mebibytes}\n`);
  const end = await Promise.race([exited.then(([, signal]) => signal), held.then(() => "held")]);
  if (end === "held") {
    child.kill("SIGTERM");
    await exited;
  }
  return { end, exceeded: limit.release() };
}

// "any" is the control group where this machine lets us make one, and the same polling elsewhere.
describe.each(["any", "rss"] as const)("a memory limit (%s)", (by) => {
  test("leaves a process below it alone", async () => {
    expect(await allocate(64, 512, by)).toEqual({ end: "held", exceeded: false });
  });

  test("kills a process that allocates more, and knows that it did", async () => {
    expect(await allocate(1024, 256, by)).toEqual({ end: "SIGKILL", exceeded: true });
  });
});
