import { callOf } from "./calls.ts";
import type { Case } from "./case.ts";
import type { Round } from "./pairing.ts";

/** One process that times two calls of ours in turn. Prints one JSON line: the rounds. */

interface Contest {
  readonly rounds: number;
  readonly mine: () => unknown;
  readonly other: () => unknown;
  /** What the other's time is multiplied by. */
  readonly factor: number;
}

/** The size that larger ones are compared with. */
const side = 2048;

/** 8192 takes most of a minute a call. */
const roundsAt = (n: number): number => (n > 4096 ? 2 : 3);

function contest(one: Case): Contest {
  const n = one.n ?? 0;
  if (one.threads > 1)
    return { rounds: 7, mine: callOf(one), other: callOf({ ...one, threads: 1 }), factor: 1 };
  const other = callOf({ ...one, n: side });
  return { rounds: roundsAt(n), mine: callOf(one), other, factor: (n / side) ** 3 };
}

function milliseconds(call: () => unknown): number {
  const start = performance.now();
  call();
  return performance.now() - start;
}

const { rounds, mine, other, factor } = contest(JSON.parse(process.argv[2] ?? "") as Case);
other();
mine();
let before = milliseconds(other) * factor;
const seen: Round[] = [];
for (let round = 0; round < rounds; round += 1) {
  const ms = milliseconds(mine);
  const after = milliseconds(other) * factor;
  seen.push({ before, mine: ms, after });
  before = after;
}
console.log(JSON.stringify(seen));
