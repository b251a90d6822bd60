import { leastPower } from "./tables.ts";

/**
 * Decimal to double. Digits are gathered 16 at a time in a vector; then, where both are exact, one division
 * or multiplication (Clinger 1990), else Lemire's 128-bit product with the proof of Mushtak and Lemire,
 * "Fast Number Parsing Without Fallback" (2023). Numbers of more than 19 digits are tried with the digits
 * behind cut off and with one more; only if those differ is the text left to the caller.
 */
export const parseNumber = (): string => `
// @ts-ignore: decorator
@inline
function countDigits(digits: v128): i32 {
  return ctz<i32>(~i8x16.bitmask(i8x16.lt_u(digits, i8x16.splat(10))));
}

// The first count of 16 digits as a whole number.
// @ts-ignore: decorator
@inline
function wholeOf(digits: v128, count: i32): u64 {
  const iota = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const aligned = i8x16.swizzle(digits, i8x16.sub(iota, i8x16.splat(<i8>(16 - count))));
  const tens = i16x8.mul(v128.and(aligned, i16x8.splat(255)), i16x8.splat(10));
  const pairs = i16x8.add(tens, i16x8.shr_u(aligned, 8));
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1));
  const both = <u64>i64x2.extract_lane(eights, 0);
  return (both & 0xffffffff) * 100000000 + (both >> 32);
}

// w · 10^q, rounded to nearest, ties to even.
function scaled(w: u64, q: i32): f64 {
  if (w == 0 || q < ${leastPower}) return 0;
  if (q > 308) return Infinity;
  const zeros = <i32>clz<u64>(w);
  w <<= <u64>zeros;
  const power = powers + ((<usize>(q + ${-leastPower})) << 4);
  let high = load<u64>(power);
  let low = w * high;
  high = highOf(w, high);
  if ((high & 0x1ff) == 0x1ff) {
    const more = highOf(w, load<u64>(power, 8));
    low += more;
    high += u64(low < more);
  }
  const upper = <i32>(high >> 63);
  const shift = <u64>(upper + 9);
  let significand = high >> shift;
  let exponent = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;
  if (exponent <= 0) {
    if (exponent < -62) return 0;
    significand >>= <u64>(1 - exponent);
    significand += significand & 1;
    // A carry into the hidden bit makes the smallest normal number by itself.
    return reinterpret<f64>(significand >> 1);
  }
  if (low <= 1 && q >= -4 && q <= 23 && (significand & 3) == 1 && significand << shift == high) significand &= ~1;
  significand += significand & 1;
  significand >>= 1;
  // Likewise: a carry out of the significand raises the exponent, at most to infinity's.
  if (exponent + <i32>(significand >> 53) >= 2047) return Infinity;
  return reinterpret<f64>((<u64>(exponent - 1) << 52) + significand);
}

// What parsing one number found: where it ends (0 if it is none), its value, whether that is certain.
let parsedEnd: usize = 0;
let parsed: f64 = 0;
let isCertain: bool = true;

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool {
  return c - 48 <= 9;
}

// Any number of JSON's grammar, without its sign.
function parseAny(at: usize): void {
  parsedEnd = 0;
  isCertain = true;
  let w: u64 = 0;
  let digits = 0;
  let exponent: i32 = 0;
  let isCut = false;
  let p = at;
  let c: u32 = load<u8>(p);
  if (!isDigit(c)) return;
  if (c == 48) {
    c = load<u8>(++p);
    if (isDigit(c)) return;
  }
  while (isDigit(c)) {
    if (digits < 19) { w = w * 10 + (c - 48); digits++; }
    else { exponent++; isCut = isCut || c != 48; }
    c = load<u8>(++p);
  }
  if (c == 46) {
    c = load<u8>(++p);
    if (!isDigit(c)) return;
    while (isDigit(c)) {
      if (digits < 19) { w = w * 10 + (c - 48); exponent--; digits += i32(w != 0); }
      else isCut = isCut || c != 48;
      c = load<u8>(++p);
    }
  }
  if ((c | 32) == 101) {
    let isNegative = false;
    c = load<u8>(++p);
    if (c == 43 || c == 45) { isNegative = c == 45; c = load<u8>(++p); }
    if (!isDigit(c)) return;
    let written: i32 = 0;
    while (isDigit(c)) {
      if (written < 100000000) written = written * 10 + (c - 48);
      c = load<u8>(++p);
    }
    exponent += isNegative ? -written : written;
  }
  parsedEnd = p;
  parsed = scaled(w, exponent);
  if (isCut) isCertain = parsed == scaled(w + 1, exponent);
}

// The usual kind: up to 8 digits, a point, up to 19 digits in all, and no exponent.
// @ts-ignore: decorator
@inline
function parseUsual(at: usize): void {
  let digits = i8x16.sub(v128.load(at), i8x16.splat(48));
  const whole = countDigits(digits);
  if (whole == 0 || whole > 8 || (whole > 1 && load<u8>(at) == 48)) { parseAny(at); return; }
  let p = at + whole;
  let w = wholeOf(digits, whole);
  let fraction = 0;
  if (load<u8>(p) == 46) {
    p++;
    digits = i8x16.sub(v128.load(p), i8x16.splat(48));
    fraction = countDigits(digits);
    if (fraction == 0) { parsedEnd = 0; return; }
    let total = fraction + (w == 0 ? 0 : whole);
    if (total > 19) { parseAny(at); return; }
    w = w * load<u64>(wholePowers + (<usize>fraction << 3)) + wholeOf(digits, fraction);
    p += fraction;
    if (fraction == 16) {
      digits = i8x16.sub(v128.load(p), i8x16.splat(48));
      const more = countDigits(digits);
      total += more;
      if (total > 19) { parseAny(at); return; }
      w = w * load<u64>(wholePowers + (<usize>more << 3)) + wholeOf(digits, more);
      fraction += more;
      p += more;
    }
  }
  if ((load<u8>(p) | 32) == 101) { parseAny(at); return; }
  parsedEnd = p;
  isCertain = true;
  parsed = w <= 999999999999999 && fraction <= 22
    ? <f64>w / load<f64>(exactPowers + (<usize>fraction << 3))
    : scaled(w, -fraction);
}`;
