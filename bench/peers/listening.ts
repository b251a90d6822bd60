import type { AddressInfo } from "node:net";
import type { Application } from "express";

/** Listens on a free loopback port and tells the process that started this one; ends with that process. */
export function listening(app: Application): void {
  process.once("disconnect", () => process.exit());
  const server = app.listen(0, "127.0.0.1", () => {
    process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
}
