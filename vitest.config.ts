import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { viteWorkerSource } from "./build/worker-source.ts";

/** Files that start a whole stage of processes, and measure how soon they react. */
const stages = ["tests/e2e/**/*.test.ts", "tests/faults/rows/*.test.ts", "tests/faults/stage/*.test.ts"];
/** Minutes and gigabytes each: only by `npm run test:large`. */
const large = ["tests/large/*.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./tests/counts-reporter.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        plugins: [viteWorkerSource()],
        test: {
          name: "rooms",
          include: ["tests/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...stages, ...large],
          // Vitest's own choice is a core less than there are: of two, one.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        plugins: [viteWorkerSource()],
        test: {
          name: "stages",
          include: stages,
          // After the others and one at a time: two stages on two cores would test each other's patience.
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "large",
          include: large,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
