import { writing } from "../abi.ts";
import { greatestExactPower, leastPower, leastRoundedUpPower } from "./tables.ts";

/**
 * Double to the shortest decimal that reads back as the same double, the closest of them, in the notation of
 * ECMAScript's Number::toString. The digits are Schubfach's (Giulietti 2021) with its three products made
 * of one by additions; their text is made in a vector of 16.
 */
const shortest = (): string => `
// v / 100 and v % 100 of numbers below 10000, then of those / 10 and % 10: 16 digits of two numbers of 8.
// @ts-ignore: decorator
@inline
function digitsOf(first: u32, second: u32): v128 {
  const firstHigh = first / 10000, secondHigh = second / 10000;
  const fours = i32x4(firstHigh, first - firstHigh * 10000, secondHigh, second - secondHigh * 10000);
  const hundreds = i32x4.shr_u(i32x4.mul(fours, i32x4.splat(5243)), 19);
  const rest = i32x4.sub(fours, i32x4.mul(hundreds, i32x4.splat(100)));
  const pairs = v128.or(hundreds, i32x4.shl(rest, 16));
  const tens = i16x8.shr_u(i16x8.mul(pairs, i16x8.splat(103)), 10);
  const ones = i16x8.sub(pairs, i16x8.mul(tens, i16x8.splat(10)));
  return v128.or(tens, i16x8.shl(ones, 8));
}

// The shortest decimal of a positive finite double: digits · 10^exponent.
let exponentOfTen: i32 = 0;

// @ts-ignore: decorator
@inline
function shortest(bits: u64): u64 {
  const fraction = bits & 0xfffffffffffff;
  const biased = <i32>(bits >> 52);
  let c = fraction;
  let q = 1 - 1075;
  if (biased != 0) {
    c |= 0x10000000000000;
    q = biased - 1075;
    if (q <= 0 && q > -53 && (c & ((<u64>1 << <u64>(-q)) - 1)) == 0) { exponentOfTen = 0; return c >> <u64>(-q); }
  }
  const isOdd = c & 1;
  const isCloserBelow = fraction == 0 && biased > 1;
  const k = (q * 1262611 - (isCloserBelow ? 524031 : 0)) >> 22;
  const h = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const power = powers + (<usize>(-k + ${-leastPower}) << 4);
  const g1 = load<u64>(power), g0 = load<u64>(power, 8) + u64(-k > ${greatestExactPower} || -k < ${leastRoundedUpPower});
  const cp = (c << 2) << h;
  // g · cp in three words.
  const p0 = g0 * cp, carry = highOf(g0, cp), middle = g1 * cp;
  const p1 = middle + carry;
  const p2 = highOf(g1, cp) + u64(p1 < middle);
  // The neighbours' midpoints lie 2g·2^h away, below a power of two g·2^h.
  const up = h + 1;
  const u0 = p0 + (g0 << up), u1high = (g1 << up) | (g0 >> (64 - up));
  const u1 = p1 + u1high, u1c = u1 + u64(u0 < p0);
  const upper = (p2 + (g1 >> (64 - up)) + u64(u1 < p1) + u64(u1c < u1)) | u64(u1c > 1);
  const down = isCloserBelow ? h : up;
  const d0 = g0 << down, d1 = (g1 << down) | (g0 >> (64 - down));
  const b = u64(p0 < d0);
  const l1 = p1 - d1, l1b = l1 - b;
  const lower = (p2 - (g1 >> (64 - down)) - u64(p1 < d1) - u64(l1 < b)) | u64(l1b > 1);
  const exact = p2 | u64(p1 > 1);
  const least = lower + isOdd, most = upper - isOdd;
  const s = exact >> 2;
  // One digit fewer, if just one such number lies between the midpoints; without a branch, as it is half the cases.
  const tenth = s / 10;
  const isTenthAbove = u64(40 * tenth + 40 <= most);
  const isShorter = u64(s >= 10) & (u64(least <= 40 * tenth) ^ isTenthAbove);
  const isAbove = u64(4 * s + 4 <= most);
  const half = 4 * s + 2;
  const isNearer = u64(exact > half) | (u64(exact == half) & s);
  const isOne = u64(least <= 4 * s) ^ isAbove;
  const full = s + ((isAbove & isOne) | (isNearer & (isOne ^ 1)));
  exponentOfTen = k + <i32>isShorter;
  return full ^ ((full ^ (tenth + isTenthAbove)) & (0 - isShorter));
}

// Writes up to 16 digits behind an optional first one, with a point after \`whole\` of the 16.
// @ts-ignore: decorator
@inline
function withPoint(to: usize, digits: v128, whole: i32): void {
  const lanes = v128.load(alignment, 16);
  const at = i8x16.splat(<i8>whole);
  const shifted = v128.relaxed_swizzle(digits, i8x16.sub(lanes, i8x16.splat(1)));
  const tail = v128.bitselect(i8x16.splat(46), shifted, i8x16.eq(lanes, at));
  v128.store(to, v128.bitselect(digits, tail, i8x16.lt_u(lanes, at)));
  store<u8>(to, i8x16.extract_lane_u(digits, 15), 16);
}

function writeFinite(to: usize, bits: u64): usize {
  const isNegative = <usize>(bits >> 63);
  bits &= 0x7fffffffffffffff;
  store<u8>(to, 45);
  to += isNegative;
  if (bits == 0) { store<u8>(to, 48); return to + 1; }
  const all = shortest(bits);
  const high = all / 100000000;
  const first = <u32>(high / 100000000);
  let digits = digitsOf(<u32>(high - <u64>first * 100000000), <u32>(all - high * 100000000));
  const hasFirst = i32(first != 0);
  const nonZero = i8x16.bitmask(i8x16.ne(digits, i8x16.splat(0)));
  const leading = ctz<i32>(nonZero) & (hasFirst - 1);
  // Without leading and trailing zeros; and where the point lies, counted from the first digit.
  const length = 32 - clz<i32>(nonZero) - leading + hasFirst;
  const point = 16 - leading + hasFirst + exponentOfTen;
  const lanes = v128.load(alignment, 16);
  digits = i8x16.add(i8x16.swizzle(digits, i8x16.add(lanes, i8x16.splat(<i8>leading))), i8x16.splat(48));
  if (point > 0 && point <= 21) {
    store<u8>(to, <u8>(48 + first));
    if (length <= point) {
      v128.store(to + hasFirst, digits);
      v128.store(to + hasFirst + 16, i8x16.splat(48));
      return to + point;
    }
    withPoint(to + hasFirst, digits, point - hasFirst);
    return to + length + 1;
  }
  if (point > -6 && point <= 0) {
    store<u64>(to, 0x3030303030302e30);
    to += 2 - point;
    store<u8>(to, <u8>(48 + first));
    v128.store(to + hasFirst, digits);
    return to + length;
  }
  store<u8>(to, <u8>(48 + first));
  withPoint(to + hasFirst, digits, 1 - hasFirst);
  to += length + i32(length > 1);
  let exponent = point - 1;
  store<u16>(to, exponent < 0 ? 0x2d65 : 0x2b65);
  to += 2;
  if (exponent < 0) exponent = -exponent;
  if (exponent >= 100) store<u8>(to++, <u8>(48 + exponent / 100));
  if (exponent >= 10) store<u8>(to++, <u8>(48 + (exponent / 10) % 10));
  store<u8>(to++, <u8>(48 + exponent % 10));
  return to;
}`;

/**
 * Nested lists, block by block: `write(from, count, step, to, limit, state)` writes up to `count` numbers, `step`
 * bytes apart, until the text passes `limit`, and returns where the text ends. The state counts them.
 */
export const write = (): string => `${shortest()}

export function write(from: usize, count: i32, step: usize, to: usize, limit: usize, state: usize): usize {
  const rank = load<i32>(state, ${writing.rank});
  const innermost = state + ${writing.lists} + (<usize>rank << 4);
  const extent = rank == 0 ? -1 : load<i64>(innermost, 8);
  let place = load<i64>(innermost);
  let left = count;
  while (left > 0 && to < limit) {
    const bits = load<u64>(from);
    from += step;
    left--;
    if ((bits & 0x7ff0000000000000) != 0x7ff0000000000000) to = writeFinite(to, bits);
    else {
      store<i32>(state, load<i32>(state, ${writing.strings}) + 1, ${writing.strings});
      if ((bits & 0xfffffffffffff) != 0) { store<u64>(to, 0x224e614e22); to += 5; }
      else {
        store<u16>(to, 0x2d22);
        to += 1 + usize(bits >> 63);
        store<u64>(to, 0x7974696e69666e49);
        store<u8>(to, 34, 8);
        to += 9;
      }
    }
    place++;
    if (place != extent) { store<u8>(to, 44); to += usize(rank != 0); continue; }
    // Close every list that is full, and open as many again.
    let list = innermost;
    let closed = 0;
    while (true) {
      store<u8>(to++, 93);
      store<i64>(list, 0);
      closed++;
      if (closed == rank) break;
      list -= 16;
      const next = load<i64>(list) + 1;
      store<i64>(list, next);
      if (next != load<i64>(list, 8)) {
        store<u8>(to++, 44);
        for (let opened = closed; opened > 0; opened--) store<u8>(to++, 91);
        break;
      }
    }
    place = 0;
  }
  store<i64>(innermost, place);
  store<i32>(state, count - left, ${writing.numbers});
  return to;
}`;
