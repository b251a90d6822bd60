import { type ArraySpec, elementCount } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import { stridesOf } from "../../loops/rearrange/strided-copy.ts";
import { shapeText } from "../../model/broadcast.ts";
import type { Pairing } from "./contraction.ts";
import type { Subscripts } from "./einsum-subscripts.ts";
import { type Instruction, isNarrow } from "./script.ts";

/** What einsum does: the operands without axes of extent 1, the steps, and the result's shape with such axes. */
export interface EinsumScript {
  readonly shapes: readonly (readonly number[])[];
  readonly script: readonly Instruction[];
  readonly shape: readonly number[];
}

/** An array on the way to the result. */
interface Term {
  readonly index: number;
  readonly labels: readonly string[];
}

function refuse(operand: number, expected: string, shape: readonly number[]): never {
  const [field, got] = [`inputs.x${operand}`, `shape ${shapeText(shape)}`];
  throw new Problem("invalid-shape", `${field} must have ${expected}, not ${got}.`, { field, expected, got });
}

/** @throws Problem invalid-shape where a label has two extents, neither of which is 1 */
function extentsOf({ operands }: Subscripts, specs: readonly ArraySpec[]): Map<string, number> {
  const extents = new Map<string, number>();
  for (const [operand, labels] of operands.entries()) {
    const { shape } = specs[operand];
    for (const [axis, label] of labels.entries()) {
      const twin = shape[labels.indexOf(label)];
      if (shape[axis] !== twin) refuse(operand, `extent ${twin} along axis ${axis}, for a diagonal`, shape);
      const known = extents.get(label) ?? 1;
      if (known !== 1 && shape[axis] !== 1 && known !== shape[axis]) {
        refuse(operand, `extent ${known} along axis ${axis}`, shape);
      }
      extents.set(label, known === 1 ? shape[axis] : known);
    }
  }
  return extents;
}

const distinct = (labels: readonly string[]): string[] => [...new Set(labels)];

/** Finds the steps; numbers what they make. */
class Writer {
  readonly script: Instruction[] = [];
  readonly #extents: ReadonlyMap<string, number>;
  #next: number;

  constructor(extents: ReadonlyMap<string, number>, operands: number) {
    this.#extents = extents;
    this.#next = operands;
  }

  size(labels: readonly string[]): number {
    return elementCount(labels.map((label) => this.#extents.get(label) ?? 1));
  }

  #write(instruction: Instruction, labels: readonly string[]): Term {
    this.script.push(instruction);
    this.#next += 1;
    return { index: this.#next - 1, labels };
  }

  /** The axes of a term in another order; a label that comes twice is a diagonal. */
  viewed({ index, labels }: Term, order: readonly string[]): Term {
    if (order.length === labels.length && order.every((label, axis) => label === labels[axis]))
      return { index, labels };
    const shape = labels.map((label) => this.#extents.get(label) ?? 1);
    const own = stridesOf(shape);
    const strides = order.map((label) =>
      own.reduce((sum, stride, axis) => (labels[axis] === label ? sum + stride : sum), 0),
    );
    const view = { shape: order.map((label) => this.#extents.get(label) ?? 1), strides, first: 0 };
    return this.#write({ kind: "view", of: index, view }, order);
  }

  widened({ index, labels }: Term): Term {
    return this.#write({ kind: "widen", of: index }, labels);
  }

  /** Sums over the labels that nobody needs. */
  summed({ index, labels }: Term, needed: ReadonlySet<string>): Term {
    const axes = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
    if (axes.length === 0) return { index, labels };
    return this.#write(
      { kind: "sum", of: index, axes },
      labels.filter((label) => needed.has(label)),
    );
  }

  contracted(a: Term, b: Term, needed: ReadonlySet<string>): Term {
    const shared = a.labels.filter((label) => b.labels.includes(label));
    const pairs = (labels: readonly string[]) =>
      labels.map((label) => [a.labels.indexOf(label), b.labels.indexOf(label)] as const);
    const batch = shared.filter((label) => needed.has(label));
    const pairing: Pairing = {
      batch: pairs(batch),
      summed: pairs(shared.filter((label) => !needed.has(label))),
    };
    const free = (labels: readonly string[]) => labels.filter((label) => !shared.includes(label));
    const labels = [...batch, ...free(a.labels), ...free(b.labels)];
    return this.#write({ kind: "contract", of: a.index, and: b.index, pairing }, labels);
  }
}

/** Labels that the result or another term than these has. */
function neededBeside(terms: readonly Term[], own: readonly Term[], output: readonly string[]): Set<string> {
  return new Set([...output, ...terms.filter((term) => !own.includes(term)).flatMap(({ labels }) => labels)]);
}

/** The pair whose product makes the arrays that are left smallest; of several the one with the least work. */
function nextPair(terms: readonly Term[], output: readonly string[], writer: Writer): readonly [Term, Term] {
  let best: { pair: readonly [Term, Term]; grows: number; work: number } | undefined;
  for (const [index, a] of terms.entries()) {
    for (const b of terms.slice(index + 1)) {
      const needed = neededBeside(terms, [a, b], output);
      const all = distinct([...a.labels, ...b.labels]);
      const kept = writer.size(all.filter((label) => needed.has(label)));
      const grows = kept - writer.size(a.labels) - writer.size(b.labels);
      const work = writer.size(all);
      if (!best || grows < best.grows || (grows === best.grows && work < best.work))
        best = { pair: [a, b], grows, work };
    }
  }
  if (!best) throw new Error(`expected at least two terms, got ${terms.length}`);
  return best.pair;
}

/**
 * Takes an einsum apart into diagonals, sums and products of two arrays each, greedily.
 * @throws Problem invalid-shape for extents that do not fit
 */
export function einsumScript(subscripts: Subscripts, specs: readonly ArraySpec[]): EinsumScript {
  const extents = extentsOf(subscripts, specs);
  const { output } = subscripts;
  // An axis of extent 1 has no part in any sum and broadcasts: without it no step needs to know.
  const isLong = (operand: number) => (axis: number) => specs[operand].shape[axis] !== 1;
  const kept = subscripts.operands.map((labels, operand) =>
    labels.map((_, axis) => axis).filter(isLong(operand)),
  );
  const writer = new Writer(extents, specs.length);
  const longOutput = output.filter((label) => extents.get(label) !== 1);
  let terms: Term[] = kept.map((axes, index) => ({
    index,
    labels: axes.map((axis) => subscripts.operands[index][axis]),
  }));
  terms = terms.map((term) => {
    const alone = writer.viewed(term, distinct(term.labels));
    const needed = neededBeside(terms, [term], longOutput);
    const sums = alone.labels.some((label) => !needed.has(label));
    // A product of two arrays widens the narrower one itself.
    const wide = isNarrow(term.index, specs) && (sums || specs.length > 2) ? writer.widened(alone) : alone;
    return writer.summed(wide, needed);
  });
  while (terms.length > 1) {
    const pair = nextPair(terms, longOutput, writer);
    const made = writer.contracted(...pair, neededBeside(terms, pair, longOutput));
    terms = [...terms.filter((term) => !pair.includes(term)), made];
  }
  writer.viewed(terms[0], longOutput);
  return {
    shapes: kept.map((axes, operand) => axes.map((axis) => specs[operand].shape[axis])),
    script: writer.script,
    shape: output.map((label) => extents.get(label) ?? 1),
  };
}
