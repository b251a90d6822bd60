import { panel } from "./linear-algebra/panel.ts";
import { rows } from "./linear-algebra/rows.ts";
import { triangle } from "./linear-algebra/triangle.ts";

/**
 * The parts of matrix factorizations that are no products: panels and small triangles, all of them in rows,
 * two numbers at a time.
 */
export const source = (): string => [triangle(), panel(), rows()].join("\n");
