import type { Job } from "../../../jobs/record.ts";

/** Bodies of POST /jobs for the operations that only a test stage has. */
interface Extras {
  readonly target?: "lambda" | "fargate";
  readonly maxSeconds?: number;
  readonly predictedSeconds?: number;
}

const dataMatrix = [
  [1, 2],
  [3, 4],
];

function body(operation: string, params: object, { predictedSeconds, ...extras }: Extras) {
  const predicted = predictedSeconds === undefined ? {} : { predictedSeconds };
  return { operation, params: { ...params, ...predicted }, dataMatrix, ...extras };
}

/** Computes for so long, in a thread of its own unless it is predicted to take under 0.25 s. */
export const spin = (seconds: number, extras: Extras = {}) => body("test-spin", { seconds }, extras);

/** Takes so much memory, and its plan says nothing of it. */
export const hog = (mebibytes: number, extras: Extras = {}) => body("test-hog", { mebibytes }, extras);

export const crash = () => ({ operation: "test-throw", dataMatrix });

/** `fargate died`, one for each attempt. */
export const story = ({ attempts }: Job): string[] =>
  attempts.map(({ target, outcome }) => `${target} ${outcome}`);
