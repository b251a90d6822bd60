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
function otherThanDigits(digits: v128): i32 {
  return ~i8x16.bitmask(i8x16.le_u(digits, i8x16.splat(9)));
}

// 16 digits in order as a whole number.
// @ts-ignore: decorator
@inline
function wholeOf(digits: v128): u64 {
  const pairs = i16x8.add(i16x8.mul(i16x8.shr_u(i16x8.shl(digits, 8), 8), v128.load(weights)), i16x8.shr_u(digits, 8));
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(weights, 16));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), v128.load(weights, 32));
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

// What follows an e.
function parseExponent(at: usize): i32 {
  let c: u32 = load<u8>(at);
  const isNegative = c == 45;
  if (c == 43 || c == 45) c = load<u8>(++at);
  parsedEnd = 0;
  if (!isDigit(c)) return 0;
  let exponent: i32 = 0;
  while (isDigit(c)) {
    if (exponent < 100000000) exponent = exponent * 10 + (c - 48);
    c = load<u8>(++at);
  }
  parsedEnd = at;
  return isNegative ? -exponent : exponent;
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
  parsedEnd = p;
  if ((c | 32) == 101) {
    exponent += parseExponent(p + 1);
    if (parsedEnd == 0) return;
  }
  parsed = scaled(w, exponent);
  if (isCut) isCertain = parsed == scaled(w + 1, exponent);
}

// The usual kind: up to 8 digits, a point, up to 19 digits in all.
// @ts-ignore: decorator
@inline
function parseUsual(at: usize): void {
  let digits = i8x16.sub(v128.load(at), i8x16.splat(48));
  let others = otherThanDigits(digits);
  const whole = ctz<i32>(others);
  const isBelowOne = i32(load<u8>(at) == 48);
  if (whole == 0 || whole > 8 || isBelowOne > i32(whole == 1)) { parseAny(at); return; }
  let p = at + whole;
  let w: u64;
  let exponent = 0;
  // Right-aligned, without the point.
  if (load<u8>(p) == 46) {
    others &= others - 1;
    const first = ctz<i32>(others);
    p = at + first;
    exponent = whole + 1 - first;
    if (exponent == 0) { parsedEnd = 0; return; }
    const lanes = v128.load(alignment + first - 1);
    digits = v128.relaxed_swizzle(digits, i8x16.sub(lanes, i8x16.gt_s(lanes, i8x16.splat(<i8>(whole - 1)))));
    w = wholeOf(digits);
    if (first == 16) {
      digits = i8x16.sub(v128.load(p), i8x16.splat(48));
      const more = ctz<i32>(otherThanDigits(digits));
      if (more > 4 + isBelowOne) { parseAny(at); return; }
      digits = v128.relaxed_swizzle(digits, v128.load(alignment + more));
      w = w * load<u64>(wholePowers + (<usize>more << 3)) + wholeOf(digits);
      exponent -= more;
      p += more;
    }
  } else {
    w = wholeOf(v128.relaxed_swizzle(digits, v128.load(alignment + whole)));
  }
  isCertain = true;
  parsedEnd = p;
  if ((load<u8>(p) | 32) == 101) {
    exponent += parseExponent(p + 1);
    if (parsedEnd == 0) return;
  }
  if (w > 999999999999999 || exponent < -22 || exponent > 22) parsed = scaled(w, exponent);
  else if (exponent <= 0) parsed = <f64>w / load<f64>(exactPowers + (<usize>-exponent << 3));
  else parsed = <f64>w * load<f64>(exactPowers + (<usize>exponent << 3));
}`;
