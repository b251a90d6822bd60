import { expect, test } from "vitest";
import { parseHeaderLiteral } from "../../contract/npy-header.ts";

const fields = { descr: "<f8", fortranOrder: false, shape: [3, 4] };

test.each([
  "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }   \n",
  "{'shape': (3, 4), 'fortran_order': False, 'descr': '<f8'}",
  '{"descr": "<f8", "fortran_order": False, "shape": (3L, 4L,)}',
  "{'descr':'<f8','fortran_order':False,'shape':(3,4)}",
])("the literal is read by its grammar: %s", (header) => {
  expect(parseHeaderLiteral(header)).toEqual(fields);
});

test.each([
  ["()", []],
  ["(5,)", [5]],
  ["(0, 7)", [0, 7]],
])("the shape %s", (shape, expected) => {
  const header = `{'descr': '<f8', 'fortran_order': True, 'shape': ${shape}}`;
  expect(parseHeaderLiteral(header)).toEqual({ descr: "<f8", fortranOrder: true, shape: expected });
});

test.each([
  ["", "a dictionary"],
  ["{}", "a descr"],
  ["{'descr': '<f8', 'shape': ()}", "a fortran_order"],
  ["{'descr': '<f8', 'fortran_order': False}", "a shape"],
  ["{'descr': '<f8', 'fortran_order': False, 'shape': (3)}", "a tuple such as (3,) as its shape"],
  ["{'descr': '<f8', 'descr': '<f8'}", "descr, fortran_order and shape, once each"],
  ["{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': ()}", "a literal dictionary"],
  ["{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "a literal dictionary"],
  ["{'descr': '<f8', 'fortran_order': 0, 'shape': ()}", "True or False as fortran_order"],
  ["{'descr': '<f8', 'fortran_order': False, 'shape': ()} + 1", "a literal dictionary"],
  ["{'descr': '<f8', 'fortran_order': False, 'shape': ()}{", "nothing after the dictionary"],
])("%j is refused, and says what it must have", (header, expected) => {
  expect(() => parseHeaderLiteral(header)).toThrow(expect.objectContaining({ code: "invalid-npy" }));
  expect(() => parseHeaderLiteral(header)).toThrow(expected);
});
