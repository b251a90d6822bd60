/**
 * Every error a caller can see. A code is part of the contract: clients switch on it, so codes are
 * added, never renamed. The status is what the API answers when the problem is the response itself.
 */
export const problems = {
  "malformed-json": { status: 400, title: "The body is not valid JSON" },
  "bad-request": { status: 400, title: "The request is not valid" },
  "bad-cursor": { status: 400, title: "The cursor is not one this API gave out" },
  unauthorized: { status: 401, title: "The caller is not known" },
  "job-not-found": { status: 404, title: "No such job" },
  "batch-not-found": { status: 404, title: "No such batch" },
  "output-not-found": { status: 404, title: "The job has no such output" },
  "not-acceptable": { status: 406, title: "None of the accepted types can be given" },
  "not-finished": { status: 409, title: "The job has not finished" },
  failed: { status: 409, title: "The job failed and has no result" },
  cancelled: { status: 409, title: "The job was cancelled and has no result" },
  "already-finished": { status: 409, title: "The job has already finished" },
  "not-retryable": { status: 409, title: "Only a failed or cancelled job can be retried" },
  expired: { status: 410, title: "The data of this job has expired" },
  "payload-too-large": { status: 413, title: "The request body is too large" },
  "result-too-large": { status: 413, title: "The result is too large for JSON" },
  "unsupported-media-type": { status: 415, title: "The content type is not supported" },
  "invalid-array": { status: 422, title: "An array is not valid" },
  "invalid-npy": { status: 422, title: "The .npy data is not valid" },
  "invalid-field": { status: 422, title: "A field is not valid" },
  "unknown-field": { status: 422, title: "A field is not part of the contract" },
  "unknown-operation": { status: 422, title: "No such operation" },
  "invalid-params": { status: 422, title: "The operation's params are not valid" },
  "invalid-shape": { status: 422, title: "The arrays do not have the shape the operation needs" },
  "input-not-found": { status: 422, title: "An input does not exist" },
  "idempotency-conflict": { status: 422, title: "The Idempotency-Key was used for another request" },
  "record-too-large": { status: 422, title: "The job has too much to be kept with it" },
  "cannot-fit": { status: 422, title: "The job does not fit any machine this stage may use" },
  "fargate-not-deployed": { status: 422, title: "This stage has no Fargate image" },
  "later-release": { status: 503, title: "The job was written by a later release of the service" },
  "internal-error": { status: 500, title: "Something went wrong on our side" },
  // Only ever the `error` of a FAILED job, never a response of their own.
  "input-changed": { status: 409, title: "An input was replaced after the job was submitted" },
  "input-failed": { status: 409, title: "A job whose output this one takes has none to give" },
  "deadline-exceeded": { status: 409, title: "The job passed its deadline" },
  "no-capacity": { status: 409, title: "No machine could be had for the job" },
  "image-unavailable": { status: 409, title: "The container image could not be pulled" },
  "out-of-memory": { status: 409, title: "The job needs more memory than the largest machine has" },
  "attempts-exhausted": { status: 409, title: "Every attempt to run the job died" },
  "not-delivered": { status: 409, title: "The job was sent several times and never picked up" },
  "singular-matrix": { status: 409, title: "The matrix is singular" },
  "not-positive-definite": { status: 409, title: "The matrix is not positive definite" },
  "no-convergence": { status: 409, title: "The iteration did not converge" },
  "not-finite": { status: 409, title: "The operation needs finite numbers" },
  "compute-failed": { status: 409, title: "The computation failed" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** A job's own arithmetic: the same inputs end in the same error, however often the job runs. */
export const arithmeticCodes: ReadonlySet<ProblemCode> = new Set([
  "singular-matrix",
  "not-positive-definite",
  "no-convergence",
  "not-finite",
  "compute-failed",
] as const);

/** Where in the request the problem lies, what was expected there instead of what came, and where to go instead. */
export interface ProblemPlace {
  readonly field?: string;
  readonly expected?: string;
  readonly got?: string;
  readonly url?: string;
}

/**
 * A failure a caller is told about. Thrown by contract, compute and jobs; only the HTTP edge renders
 * it as a document. Anything else that is thrown is ours, and the caller reads `internal-error`.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly place: ProblemPlace;

  constructor(code: ProblemCode, detail: string, place: ProblemPlace = {}) {
    super(detail);
    this.code = code;
    this.place = place;
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** RFC 9457 document; `error` repeats `detail` for clients of the API this one replaces. */
export interface ProblemDocument extends ProblemPlace {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly error: string;
}

export function problemDocument(problem: Problem): ProblemDocument {
  const { status, title } = problems[problem.code];
  const detail = problem.message;
  return {
    type: `urn:sluice:problem:${problem.code}`,
    title,
    status,
    code: problem.code,
    detail,
    error: detail,
    ...problem.place,
  };
}
