import type { Operation } from "@sluice/compute/model/operation";
import { operations } from "@sluice/compute/model/registry";

/**
 * For tests that cost a second an operation: of operations that are planned and run alike but for the function of an
 * element, the first. tests/compute/model/families.test.ts holds that they are.
 */
export const representatives: readonly Operation[] = operations.filter(
  ({ family }, index) =>
    family === undefined || operations.findIndex((other) => other.family === family) === index,
);
