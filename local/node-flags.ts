/**
 * How Node runs the process of a stack. By default V8 begins with one megabyte for new objects, and a request of 64×64
 * numbers fills several: 32 MiB take away a tenth of a job's CPU, as few objects live until the next collection. It
 * holds for the thread of the emulators too.
 */
export const stackFlags = ["--min-semi-space-size=32", "--max-semi-space-size=32"];
