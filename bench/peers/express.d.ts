// Express ships no types: only what the peers use.
declare module "express" {
  import type { IncomingMessage, Server, ServerResponse } from "node:http";

  interface Request extends IncomingMessage {
    readonly body: unknown;
    readonly params: Readonly<Record<string, string>>;
  }

  interface Response extends ServerResponse {
    status(code: number): this;
    type(name: string): this;
    json(value: unknown): this;
    send(text: string): this;
  }

  type Handler = (request: Request, response: Response) => Promise<void>;

  interface Application {
    use(middleware: unknown): this;
    get(path: string, handler: Handler): this;
    post(path: string, handler: Handler): this;
    listen(port: number, host: string, ready: () => void): Server;
  }

  export default function express(): Application;
  export function json(options: { limit: string }): unknown;
}
