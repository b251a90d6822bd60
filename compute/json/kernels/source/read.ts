import { mostLists, outcomes, reading } from "../abi.ts";
import { parseNumber } from "./parse-number.ts";

/**
 * Nested lists of numbers, block by block: `read(from, end, isLast, to, state)` writes float64 from `to` on and
 * returns where it stopped writing. The state says why, and where the text goes on.
 */
export const read = (): string => `${parseNumber()}

// @ts-ignore: decorator
@inline
function isText(at: usize, first: u64, mask: u64): bool {
  return (load<u64>(at) & mask) == first;
}

// Behind all that could belong to a number.
function numberMayEnd(at: usize): usize {
  for (let c: u32 = load<u8>(at); isDigit(c) || c == 43 || c == 45 || c == 46 || (c | 32) == 101; c = load<u8>(at)) at++;
  return at;
}

export function read(from: usize, end: usize, isLast: i32, to: usize, state: usize): usize {
  const more = ${outcomes.more}, done = ${outcomes.done}, refused = ${outcomes.refused}, uncertain = ${outcomes.uncertain};
  const value = 0, valueOrEnd = 1, comma = 2;
  let depth = load<i32>(state, ${reading.depth});
  let rank = load<i32>(state, ${reading.rank});
  let expected = load<i32>(state, ${reading.expected});
  let outcome = refused;
  const lists = state + ${reading.lists};
  let list = lists + (<usize>depth << 4);
  let count = load<i64>(list);
  let p = from;
  while (true) {
    const start = p;
    let c: u32 = load<u8>(p);
    if (c <= 32) {
      if (p >= end) { outcome = more; break; }
      if (c != 32 && c != 10 && c != 13 && c != 9) break;
      p++;
      continue;
    }
    if (expected == comma) {
      if (c == 44) { expected = value; p++; continue; }
    } else if (c == 45 || isDigit(c)) {
      if (depth != rank) {
        if (rank != 0) break;
        rank = depth;
      }
      p += usize(c == 45);
      parseUsual(p);
      const stop = parsedEnd;
      // What touches the end of a block may go on in the next.
      if (!isLast && (stop == 0 ? numberMayEnd(p) : stop) >= end) { p = start; outcome = more; break; }
      if (stop == 0) break;
      p = stop;
      count++;
      expected = comma;
      if (!isCertain) { outcome = uncertain; store<u32>(state, <u32>start, ${reading.start}); break; }
      store<u64>(to, reinterpret<u64>(parsed) | (u64(c == 45) << 63));
      to += 8;
      if (load<u8>(p) == 44) { expected = value; p++; }
      continue;
    } else if (c == 34) {
      if (!isLast && start + 16 > end) { outcome = more; break; }
      if (depth != rank) {
        if (rank != 0) break;
        rank = depth;
      }
      let special = Infinity;
      if (isText(p + 1, 0x224e614e, 0xffffffff)) { special = NaN; p += 5; }
      else if (isText(p + 1, 0x7974696e69666e49, -1) && load<u8>(p, 9) == 34) p += 10;
      else if (isText(p + 1, 0x74696e69666e492d, -1) && load<u16>(p, 9) == 0x2279) { special = -Infinity; p += 11; }
      else break;
      count++;
      expected = comma;
      store<f64>(to, special);
      to += 8;
      continue;
    } else if (c == 91) {
      if (depth == ${mostLists - 1} || (rank != 0 && depth >= rank)) break;
      store<i64>(list, count + 1);
      depth++;
      list += 16;
      count = 0;
      expected = valueOrEnd;
      p++;
      continue;
    }
    if (c != 93 || expected == value) break;
    if (rank == 0) rank = depth;
    const extent = load<i64>(list, 8);
    if (extent < 0) store<i64>(list, count, 8);
    else if (extent != count) break;
    depth--;
    list -= 16;
    count = load<i64>(list);
    expected = comma;
    p++;
    if (depth == 0) { outcome = done; break; }
  }
  store<i64>(list, count);
  store<i32>(state, outcome, ${reading.outcome});
  store<i32>(state, depth, ${reading.depth});
  store<i32>(state, rank, ${reading.rank});
  store<i32>(state, expected, ${reading.expected});
  store<u32>(state, <u32>p, ${reading.end});
  return to;
}`;
