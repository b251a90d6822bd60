import type { Case } from "./case.ts";
import { contest } from "./contests.ts";
import type { Round } from "./pairing.ts";

/** One process that times the two calls of a case in turn. Prints one JSON line: the rounds. */

function milliseconds(call: () => unknown): number {
  const start = performance.now();
  call();
  return performance.now() - start;
}

const { mine, other, factor, warmUps, rounds } = contest(JSON.parse(process.argv[2] ?? "") as Case);
for (let call = 0; call < warmUps; call += 1) {
  other();
  mine();
}
let before = milliseconds(other) * factor;
const seen: Round[] = [];
for (let round = 0; round < rounds; round += 1) {
  const ms = milliseconds(mine);
  const after = milliseconds(other) * factor;
  seen.push({ before, mine: ms, after });
  before = after;
}
console.log(JSON.stringify(seen));
