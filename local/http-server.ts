import http from "node:http";
import type { AddressInfo } from "node:net";

export interface HttpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server on a free loopback port. */
export async function listen(
  serve: (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>,
): Promise<HttpServer> {
  const server = http.createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
