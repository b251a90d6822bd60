import { mkdir } from "node:fs/promises";
import dynalite from "dynalite";
import type { Emulator } from "./emulator.ts";

export async function startDynamodb(folder?: string): Promise<Emulator> {
  if (folder) await mkdir(folder, { recursive: true });
  const server = dynalite({ createTableMs: 0, ...(folder ? { path: folder } : {}) });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("dynalite has no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      // Idle keep-alive connections would hold close() open for good.
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) =>
        server.close((error) => (error ? reject(error) : resolve())),
      );
    },
  };
}
