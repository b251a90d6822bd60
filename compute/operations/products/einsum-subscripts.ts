import { Problem } from "@sluice/contract/problem";

/** The axes of each operand and of the result by their labels: letters, and "#0", "#1", … counted from the last axis of an ellipsis. */
export interface Subscripts {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const field = "params.subscripts";
const ellipsis = "...";

function refuse(expected: string, got: string): never {
  throw new Problem("invalid-params", `${field}: expected ${expected}, got ${got}`, { field, expected, got });
}

/** One operand's part, or the result's. */
function tokensOf(part: string): string[] {
  const tokens = part.match(/\.\.\.|[A-Za-z]/g) ?? [];
  if (tokens.join("") !== part) refuse('letters and at most one "..." for each array', JSON.stringify(part));
  if (tokens.filter((token) => token === ellipsis).length > 1)
    refuse('one "..." for each array', JSON.stringify(part));
  return tokens;
}

/** Labels of so many axes that an ellipsis stands for. */
const broadcastLabels = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `#${count - 1 - index}`);

function labelsOf(tokens: readonly string[], rank: number, name: string): string[] {
  const letters = tokens.filter((token) => token !== ellipsis).length;
  const more = rank - letters;
  if (more < 0 || (more > 0 && !tokens.includes(ellipsis))) {
    refuse(`as many letters as ${name} has axes, ${rank}`, JSON.stringify(tokens.join("")));
  }
  return tokens.flatMap((token) => (token === ellipsis ? broadcastLabels(more) : [token]));
}

/** As numpy.einsum without "->": what an ellipsis stands for, then the letters that come once, in the order of their codes. */
function implicitOutput(operands: readonly (readonly string[])[], broadcast: number): string[] {
  const letters = operands.flat().filter((label) => !label.startsWith("#"));
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return [...broadcastLabels(broadcast), ...once.sort()];
}

function explicitOutput(part: string, operands: readonly (readonly string[])[], broadcast: number): string[] {
  const tokens = tokensOf(part);
  if (broadcast > 0 && !tokens.includes(ellipsis))
    refuse('"..." in the result, as in an operand', JSON.stringify(part));
  const known = new Set(operands.flat());
  for (const token of tokens) {
    if (token === ellipsis) continue;
    if (!known.has(token)) refuse("letters of the operands in the result", token);
    if (tokens.indexOf(token) !== tokens.lastIndexOf(token)) refuse("each letter once in the result", token);
  }
  return tokens.flatMap((token) => (token === ellipsis ? broadcastLabels(broadcast) : [token]));
}

/**
 * Reads numpy.einsum's subscripts, such as "ij,jk->ik", "...ii->...i" or "ij,jk". Blanks mean nothing.
 * @param ranks how many axes each operand has
 * @throws Problem invalid-params
 */
export function parseSubscripts(text: string, ranks: readonly number[]): Subscripts {
  if (/\. +\./.test(text)) refuse('no blank inside "..."', JSON.stringify(text));
  const [inputs, output, ...others] = text.replaceAll(" ", "").split("->");
  if (others.length > 0) refuse('one "->"', JSON.stringify(text));
  const parts = inputs.split(",");
  if (parts.length !== ranks.length)
    refuse(`subscripts of ${ranks.length} arrays`, `those of ${parts.length}`);
  const tokens = parts.map(tokensOf);
  const operands = tokens.map((own, index) => labelsOf(own, ranks[index], `x${index}`));
  const broadcast = Math.max(
    0,
    ...operands.map((labels) => labels.filter((label) => label.startsWith("#")).length),
  );
  return {
    operands,
    output:
      output === undefined
        ? implicitOutput(operands, broadcast)
        : explicitOutput(output, operands, broadcast),
  };
}
