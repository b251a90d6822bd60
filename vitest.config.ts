import { defineConfig } from "vitest/config";
import { viteWorkerSource } from "./scripts/worker-source.ts";

export default defineConfig({
  plugins: [viteWorkerSource()],
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default", "./tests/counts-reporter.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
