/** sum, prod, min, max, any, all: each element taken into its result. */
import * as extremes from "../../loops/reductions/extremes.ts";
import * as integers from "../../loops/reductions/integers.ts";
import { sumFolds } from "../../loops/reductions/moments.ts";
import {
  productComplex,
  productComplexSingle,
  productReal,
  productSingle,
} from "../../loops/reductions/product.ts";
import { allFolds, anyFolds, maximumBit, minimumBit } from "../../loops/reductions/truth.ts";
import { reduction } from "./define.ts";

const example = {
  params: { axis: 0 },
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
};

export const sum = reduction({
  name: "sum",
  summary: "Sum over axes, as numpy.sum: added in the same order, so the same to the bit",
  folds: { ...sumFolds, int64: integers.sumInteger },
  start: {},
  hasIdentity: true,
  example,
});

export const prod = reduction({
  name: "prod",
  summary: "Product over axes, as numpy.prod; of int64 it wraps around",
  folds: {
    float64: productReal,
    float32: productSingle,
    complex128: productComplex,
    complex64: productComplexSingle,
    int64: integers.productInteger,
  },
  start: { re: 1, int64: 1n },
  hasIdentity: true,
  differences: ["Complex parts are rounded after each product; NumPy fuses them on some CPUs."],
  example,
});

const { POSITIVE_INFINITY: infinity } = Number;

export const min = reduction({
  name: "min",
  summary: "Least element over axes, NaN if there is one, as numpy.min",
  folds: {
    float64: extremes.minimumReal,
    float32: extremes.minimumReal,
    complex128: extremes.minimumComplex,
    complex64: extremes.minimumComplex,
    int64: integers.minimumInteger,
    bool: minimumBit,
  },
  start: { re: infinity, im: infinity, int64: 2n ** 63n - 1n, bool: 1 },
  hasIdentity: false,
  differences: ["Of 0 and -0, which are equal, it answers -0; NumPy the one its loop met first."],
  example,
});

export const max = reduction({
  name: "max",
  summary: "Largest element over axes, NaN if there is one, as numpy.max",
  folds: {
    float64: extremes.maximumReal,
    float32: extremes.maximumReal,
    complex128: extremes.maximumComplex,
    complex64: extremes.maximumComplex,
    int64: integers.maximumInteger,
    bool: maximumBit,
  },
  start: { re: -infinity, im: -infinity, int64: -(2n ** 63n), bool: 0 },
  hasIdentity: false,
  differences: ["Of 0 and -0, which are equal, it answers 0; NumPy the one its loop met first."],
  example,
});

export const any = reduction({
  name: "any",
  summary: "Whether any element over axes is true (not zero), as numpy.any",
  folds: anyFolds,
  start: { bool: 0 },
  hasIdentity: true,
  isTruth: true,
  example,
});

export const all = reduction({
  name: "all",
  summary: "Whether all elements over axes are true (not zero), as numpy.all",
  folds: allFolds,
  start: { bool: 1 },
  hasIdentity: true,
  isTruth: true,
  example,
});
