/** A Lambda function as the local cloud runs it. */
export interface LambdaFunction {
  /** Its key in serverless.yml: `work`. */
  readonly key: string;
  /** Its name at AWS: `sluice-dev-work`. */
  readonly name: string;
  readonly arn: string;
  /** The built bundle and what it exports. */
  readonly bundle: string;
  readonly exported: string;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  /** How many environments there may be at once. */
  readonly concurrency: number;
}

/** What Invoke answers: a payload, and whether it is the function's error. Always JSON text. */
export interface Invocation {
  readonly payload: string;
  readonly functionError?: "Unhandled";
}

export interface LambdaError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export const failed = (error: LambdaError): Invocation => ({
  payload: JSON.stringify(error),
  functionError: "Unhandled",
});

/** Parent to environment: run this. */
export interface InvokeMessage {
  readonly requestId: string;
  readonly payload: string;
  readonly deadlineMs: number;
  /** X-Ray's header. */
  readonly trace: string;
}

/** Environment to parent. */
export type EnvironmentMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "init-failed"; readonly error: LambdaError }
  | { readonly kind: "done"; readonly requestId: string; readonly invocation: Invocation };
