/**
 * Matrix products as Goto and van de Geijn (2008) block them: panels of A and B packed so that the
 * innermost loop reads both in sequence, and a tile of C in registers.
 */
import { tileBytes, tileRows, tileVectors, vectorBytes } from "../abi.ts";

interface Element {
  /** float64 → 64: the end of every name. */
  readonly bits: 32 | 64;
  readonly lanes: number;
  readonly vector: string;
  readonly zero: string;
}

const elements: readonly Element[] = [
  { bits: 64, lanes: 2, vector: "f64x2", zero: "f64x2(0, 0)" },
  { bits: 32, lanes: 4, vector: "f32x4", zero: "f32x4(0, 0, 0, 0)" },
];

/** Terms per turn of the innermost loop. */
const unroll = 2;

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const lines = (count: number, line: (index: number) => string): string => range(count).map(line).join("\n");

/** One term: a column of the tile's A times a row of its B, added to the accumulators. */
function term({ bits, vector }: Element, at: number): string {
  const size = bits / 8;
  const loads = lines(
    tileVectors,
    (v) => `b${v} = v128.load(b, ${at * tileVectors * vectorBytes + v * 16});`,
  );
  const rows = lines(tileRows, (r) => {
    const splat = `x = v128.load${bits}_splat(a, ${(at * tileRows + r) * size});`;
    return `${splat}\n${lines(tileVectors, (v) => `c${r}_${v} = ${vector}.relaxed_madd(x, b${v}, c${r}_${v});`)}`;
  });
  return `${loads}\n${rows}`;
}

/** A tile of C (+)= the packed panels at a and b. */
function tile(element: Element): string {
  const { bits, vector, zero } = element;
  const aStep = (tileRows * bits) / 8;
  const bStep = tileVectors * vectorBytes;
  const store = (add: boolean) =>
    lines(tileRows, (r) => {
      const row = `c + <usize>${r} * stride`;
      const sum = (v: number) =>
        add ? `${vector}.add(v128.load(${row}, ${v * 16}), c${r}_${v})` : `c${r}_${v}`;
      return lines(tileVectors, (v) => `v128.store(${row}, ${sum(v)}, ${v * 16});`);
    });
  return `
function tile${bits}(terms: i32, a: usize, b: usize, c: usize, stride: usize, add: i32): void {
  ${lines(tileRows, (r) => lines(tileVectors, (v) => `let c${r}_${v}: v128 = ${zero};`))}
  ${lines(tileVectors, (v) => `let b${v}: v128 = ${zero};`)}
  let x: v128 = ${zero};
  let turns = terms / ${unroll};
  while (turns > 0) {
    ${lines(unroll, (at) => term(element, at))}
    a += ${unroll * aStep};
    b += ${unroll * bStep};
    turns--;
  }
  turns = terms % ${unroll};
  while (turns > 0) {
    ${term(element, 0)}
    a += ${aStep};
    b += ${bStep};
    turns--;
  }
  if (add) {
    ${store(true)}
  } else {
    ${store(false)}
  }
}`;
}

/** Vectors of a row pair of A, interleaved: element by element, both rows side by side. */
function packPair({ bits, lanes }: Element, row: number): string {
  const size = bits / 8;
  const [v, w] = [`v${row}`, `v${row + 1}`];
  const at = (lane: number) => lane * tileRows * size + row * size;
  if (bits === 64) {
    return lines(
      lanes,
      (lane) => `v128.store(to, v128.shuffle<f64>(${v}, ${w}, ${lane}, ${lane + 2}), ${at(lane)});`,
    );
  }
  return lines(2, (half) => {
    const [low, high] = [2 * half, 2 * half + 1];
    return `pair = v128.shuffle<f32>(${v}, ${w}, ${low}, ${low + 4}, ${high}, ${high + 4});
v128.store64_lane(to, pair, 0, ${at(low)});
v128.store64_lane(to, pair, 1, ${at(high)});`;
  });
}

function packing(element: Element): string {
  const { bits, lanes, zero } = element;
  const size = bits / 8;
  const scalar = `f${bits}`;
  const columns = lanes * tileVectors;
  return `
/** Rows of A in panels of ${tileRows}, term by term; the last panel filled up with zeros. */
function packLeft${bits}(a: usize, stride: usize, rows: i32, terms: i32, to: usize): void {
  let pair: v128 = ${zero};
  for (let i = 0; i < rows; i += ${tileRows}) {
    const from = a + <usize>i * stride;
    if (rows - i >= ${tileRows}) {
      ${lines(tileRows, (r) => `let p${r} = from + <usize>${r} * stride;`)}
      let k = 0;
      for (; k + ${lanes} <= terms; k += ${lanes}) {
        ${lines(tileRows, (r) => `const v${r} = v128.load(p${r}); p${r} += 16;`)}
        ${lines(tileRows / 2, (half) => packPair(element, 2 * half))}
        to += ${lanes * tileRows * size};
      }
      for (; k < terms; k++) {
        ${lines(tileRows, (r) => `store<${scalar}>(to, load<${scalar}>(p${r}), ${r * size}); p${r} += ${size};`)}
        to += ${tileRows * size};
      }
    } else {
      const filled = rows - i;
      for (let k = 0; k < terms; k++) {
        for (let r = 0; r < ${tileRows}; r++) {
          const at = from + <usize>r * stride + <usize>k * ${size};
          store<${scalar}>(to + <usize>r * ${size}, r < filled ? load<${scalar}>(at) : <${scalar}>0);
        }
        to += ${tileRows * size};
      }
    }
  }
}

/** Columns of B in panels of ${columns}, term by term; the last panel filled up with zeros. */
export function packRight${bits}(b: usize, rowElements: i32, terms: i32, columns: i32, to: usize): void {
  const stride = <usize>rowElements * ${size};
  for (let j = 0; j < columns; j += ${columns}) {
    let from = b + <usize>j * ${size};
    if (columns - j >= ${columns}) {
      for (let k = 0; k < terms; k++) {
        ${lines(tileVectors, (v) => `v128.store(to, v128.load(from, ${v * 16}), ${v * 16});`)}
        to += ${tileVectors * vectorBytes};
        from += stride;
      }
    } else {
      const filled = columns - j;
      for (let k = 0; k < terms; k++) {
        for (let c = 0; c < ${columns}; c++) {
          const value = c < filled ? load<${scalar}>(from + <usize>c * ${size}) : <${scalar}>0;
          store<${scalar}>(to + <usize>c * ${size}, value);
        }
        to += ${tileVectors * vectorBytes};
        from += stride;
      }
    }
  }
}`;
}

/** C (+)= A · B for a block of A and packed B. `work` has room for the packed A and one tile. */
function block({ bits, lanes }: Element): string {
  const size = bits / 8;
  const scalar = `f${bits}`;
  const columns = lanes * tileVectors;
  return `
export function multiply${bits}(rows: i32, columns: i32, terms: i32, a: usize, aRowElements: i32, b: usize, c: usize, cRowElements: i32, add: i32, work: usize): void {
  const spare = work;
  const packed = work + ${tileBytes};
  const stride = <usize>cRowElements * ${size};
  packLeft${bits}(a, <usize>aRowElements * ${size}, rows, terms, packed);
  for (let j = 0; j < columns; j += ${columns}) {
    const right = b + <usize>j * <usize>terms * ${size};
    for (let i = 0; i < rows; i += ${tileRows}) {
      const left = packed + <usize>i * <usize>terms * ${size};
      let to = c + <usize>i * stride + <usize>j * ${size};
      if (rows - i >= ${tileRows} && columns - j >= ${columns}) {
        tile${bits}(terms, left, right, to, stride, add);
      } else {
        tile${bits}(terms, left, right, spare, ${tileVectors * vectorBytes}, 0);
        const lastRow = min(${tileRows}, rows - i);
        const lastColumn = min(${columns}, columns - j);
        for (let r = 0; r < lastRow; r++) {
          for (let s = 0; s < lastColumn; s++) {
            const at = to + <usize>s * ${size};
            const value = load<${scalar}>(spare + <usize>(r * ${columns} + s) * ${size});
            store<${scalar}>(at, add ? load<${scalar}>(at) + value : value);
          }
          to += stride;
        }
      }
    }
  }
}`;
}

/** Complex matrices as planes: taken apart before the products, put together after them. */
const planes = `
/** One plane of interleaved complex rows, times a sign. */
export function takePlane(from: usize, rowElements: i32, rows: i32, columns: i32, sign: f64, to: usize): void {
  const stride = <usize>rowElements * 8;
  for (let i = 0; i < rows; i++) {
    let at = from;
    for (let j = 0; j < columns; j++) {
      store<f64>(to, sign * load<f64>(at));
      at += 16;
      to += 8;
    }
    from += stride;
  }
}

/** Interleaved complex rows (+)= re + i·im, dense planes. */
export function putPlanes(re: usize, im: usize, rows: i32, columns: i32, add: i32, to: usize, rowElements: i32): void {
  const stride = <usize>rowElements * 8;
  for (let i = 0; i < rows; i++) {
    let at = to;
    for (let j = 0; j < columns; j++) {
      const value = v128.load64_lane(im, v128.load64_zero(re), 1);
      v128.store(at, add ? f64x2.add(v128.load(at), value) : value);
      at += 16;
      re += 8;
      im += 8;
    }
    to += stride;
  }
}`;

export function source(): string {
  return [...elements.flatMap((element) => [tile(element), packing(element), block(element)]), planes].join(
    "\n",
  );
}
