// serverless-offline ships no types: only what is used here.
declare module "serverless-offline/lambda" {
  /** A function: it is given an event, then run. One object for each request. */
  interface Invocable {
    setEvent(event: unknown): void;
    runHandler(): Promise<unknown>;
  }

  export default class Lambda {
    get(key: string): Invocable;
  }
}
