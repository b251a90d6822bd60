/** The caps of the HTTP API. The local API enforces the same ones. */
export const MiB = 1024 * 1024;

/** Largest request body, measured after gzip is undone, so that a small bomb is not parsed. */
export const maxBodyBytes = 5 * MiB;

/** Largest result written as JSON; above it the caller gets a link to the .npy instead. */
export const maxJsonResultBytes = 5 * MiB;

/** Largest `.npz`: its base64 must pass Lambda's answer of 6 MB. */
export const maxNpzResultBytes = 4 * MiB;

/** Largest upload: the 5 GB that S3 takes in one PUT. */
export const maxUploadBytes = 5_000_000_000;

/** Inputs of one job: each may cost submit a call. */
export const maxInputs = 16;

/** Largest `params`, as JSON text in UTF-8. */
export const maxParamsBytes = 64 * 1024;

/** Lists and objects in one another in `params`: no operation takes more than five. */
export const maxParamsLevels = 100;

/** Jobs of one `POST /batches`. */
export const maxBatchJobs = 1000;

/** A batch's view names so many of the jobs that failed; its counts have all of them. */
export const maxListedFailures = 50;

/** `Prefer: wait=N` is honoured up to this many seconds; the gateway itself gives up at 30. */
export const maxWaitSeconds = 20;

/** A job lists its latest attempts, at most so many; `attemptCount` counts all of them. */
export const maxListedAttempts = 50;

export const maxLabels = 10;
export const maxLabelLength = 64;

/** Longest Idempotency-Key, in characters. */
export const maxIdempotencyKeyLength = 255;

export const maxListLimit = 100;
export const defaultListLimit = 20;
