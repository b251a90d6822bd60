import * as z from "zod";

/** A seed as `numpy.random.default_rng` takes it: any non-negative integer. */
export type Seed = number | string;

// NumPy takes integers of any size; 1000 digits keeps parsing (quadratic) under a millisecond.
const decimal = /^[0-9]{1,1000}$/;

const error = "an integer from 0 to 2^53 - 1, or a decimal string of at most 1000 digits beyond that";

/** JSON numbers are exact only to 2^53 - 1; beyond that the seed travels as a decimal string. */
export const seedSchema = z.union(
  [z.int({ error }).min(0, { error }), z.string().regex(decimal, { error })],
  {
    error,
  },
);
