import { beforeEach, expect, test, vi } from "vitest";
import { run } from "../../acceptance/emulated/processes.ts";
import { Progress } from "../../acceptance/support/progress.ts";

beforeEach(() => {
  return () => vi.useRealTimers();
});

test("a step is given up after silence, however long it took before", async () => {
  vi.useFakeTimers();
  const progress = new Progress(1000);
  const silent = vi.fn();
  progress.watch(silent);
  for (let sign = 0; sign < 20; sign++) {
    await vi.advanceTimersByTimeAsync(999);
    progress.sign();
  }
  expect(silent).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  expect(silent).toHaveBeenCalledOnce();
});

test("a watch that was stopped says nothing", async () => {
  vi.useFakeTimers();
  const progress = new Progress(1000);
  const silent = vi.fn();
  progress.watch(silent)();
  await vi.advanceTimersByTimeAsync(5000);
  expect(silent).not.toHaveBeenCalled();
});

const env = { PATH: process.env.PATH ?? "" };

test("a command that prints nothing is killed; one that others see at work is not", async () => {
  const hung = run([process.execPath, "-e", "setInterval(() => {}, 1000)"], {
    env,
    progress: new Progress(200),
  });
  await expect(hung).rejects.toThrow(/was killed, perhaps after 0.2 s without progress/);
  const progress = new Progress(2000);
  const signs = setInterval(() => progress.sign(), 100);
  const slow = "setTimeout(() => console.log('done'), 3000)";
  expect(await run([process.execPath, "-e", slow], { env, progress })).toBe("done\n");
  clearInterval(signs);
});
