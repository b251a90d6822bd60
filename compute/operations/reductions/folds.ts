/** sum, prod, min, max: each element taken into its result. */
import * as extremes from "../../loops/reductions/extremes.ts";
import { sumFolds } from "../../loops/reductions/moments.ts";
import {
  productComplex,
  productComplexSingle,
  productReal,
  productSingle,
} from "../../loops/reductions/product.ts";
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
  folds: sumFolds,
  start: [0, 0],
  hasIdentity: true,
  example,
});

export const prod = reduction({
  name: "prod",
  summary: "Product over axes, as numpy.prod",
  folds: {
    float64: productReal,
    float32: productSingle,
    complex128: productComplex,
    complex64: productComplexSingle,
  },
  start: [1, 0],
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
  },
  start: [infinity, infinity],
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
  },
  start: [-infinity, -infinity],
  hasIdentity: false,
  differences: ["Of 0 and -0, which are equal, it answers 0; NumPy the one its loop met first."],
  example,
});
