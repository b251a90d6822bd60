import type { Operation } from "../../model/operation.ts";
import { creation } from "./creation.ts";
import { getitem } from "./getitem.ts";
import { joining } from "./joining.ts";
import { movingElements } from "./moving.ts";
import { reshaping } from "./reshaping.ts";
import { setitem } from "./setitem.ts";
import { unstack } from "./unstack.ts";

/** Elements in other places: views, copies, indexing and creation, in the order in which the catalogue shows them. */
export const shapes: readonly Operation[] = [
  ...creation,
  getitem,
  setitem,
  ...reshaping,
  ...movingElements,
  ...joining,
  unstack,
];
