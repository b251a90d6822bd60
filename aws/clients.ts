/**
 * One client of each kind per process, made when first used, and beside the adapters that use it: what a function
 * never calls is not loaded. Four attempts ride out a short throttle; what fails longer is given back and tried by sweep.
 */
export const maxAttempts = 4;

export function once<Client>(make: () => Client): () => Client {
  let client: Client | undefined;
  return () => {
    client ??= make();
    return client;
  };
}

/** For what must not hold up a job's machine: without `throwOnRequestTimeout` the SDK only grumbles and waits on. */
export const briefPatience = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
} as const;
