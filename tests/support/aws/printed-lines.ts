import { vi } from "vitest";

/** What is printed while `run` lasts, line by line. */
export async function printed(run: () => unknown): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  await run();
  vi.restoreAllMocks();
  return lines.map((line) => JSON.parse(line));
}
