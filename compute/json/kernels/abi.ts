/** What the generators of the JSON kernels (source/) and their callers must agree on. */

/**
 * The module's 512 KiB: its tables, a state, and one block of text and of numbers. A text of any length passes
 * through them block by block, so nothing grows with it, and blocks stay in the cache.
 */
export const layout = {
  state: 0x4000,
  reading: { text: 0x8000, numbers: 0x20000 },
  writing: { numbers: 0x8000, text: 0x20000 },
  /** Bytes of text read at a time: at most half as many numbers. The kernel looks up to 64 bytes further. */
  textBlock: 0x10000,
  slack: 64,
  /** Bytes of numbers written at a time. */
  numberBlock: 0x10000,
  end: 0x80000,
} as const;

/** Byte offsets in the state of an array that is being read; `lists` holds a count and an extent (i64) per level. */
export const reading = {
  outcome: 0,
  depth: 4,
  rank: 8,
  expected: 12,
  end: 16,
  start: 20,
  lists: 64,
} as const;

/** Why reading stopped: the block ends, the array ends, it is not an array, or a number has too many digits. */
export const outcomes = { more: 0, done: 1, refused: 2, uncertain: 3 } as const;

/** Lists inside one another that can be read, and the level that holds the outermost. */
export const mostLists = 65;

/** Byte offsets in the state of an array that is being written; `lists` as above. */
export const writing = { rank: 0, numbers: 4, strings: 8, lists: 64 } as const;

/** A word of the state in an Int32Array, and the count of a level in a BigInt64Array; its extent follows. */
export const wordAt = (offset: number): number => (layout.state + offset) / 4;
export const listAt = (lists: number, level: number): number => (layout.state + lists) / 8 + 2 * level;
