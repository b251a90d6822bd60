import { createRequire } from "node:module";

/** What is used of koffi. Not imported: what is loaded at run time alone cannot end up in a Lambda's bundle. */
interface Koffi {
  config(settings?: Readonly<Record<string, number>>): Readonly<Record<string, number>>;
  load(library: string): LoadedLibrary;
}

interface LoadedLibrary {
  func(declaration: string): unknown;
}

/** OpenBLAS is built with integers of 64 bits (ILP64) or of 32 (LP64); Debian names the two apart. */
export type Interface = "ILP64" | "LP64";

export interface Library {
  readonly interface: Interface;
  readonly loaded: LoadedLibrary;
}

const files: Readonly<Record<Interface, string>> = {
  ILP64: "libopenblas64.so.0",
  LP64: "libopenblas.so.0",
};
const integers: Readonly<Record<Interface, string>> = { ILP64: "int64_t", LP64: "int32_t" };

/**
 * The stack koffi runs C on. OpenBLAS keeps tables of its threads' work there: on koffi's own 2 MiB, LAPACK on two
 * threads crashed or overwrote other arrays; 4 MiB were enough in 30 runs of each.
 */
const stackBytes = 16 * 2 ** 20;

/** The first line: Node adds who required what. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0];

function loadKoffi(entry: string): Koffi {
  const koffi: Koffi = createRequire(entry)("koffi");
  const stacks = { sync_stack_size: stackBytes, async_stack_size: stackBytes };
  // Set once per thread: koffi refuses changes after its first library.
  if (koffi.config().sync_stack_size !== stackBytes) koffi.config(stacks);
  return koffi;
}

/**
 * OpenBLAS as this machine has it, ILP64 if it has both.
 * @param entry a file (absolute path) that koffi is installed beside or above
 * @throws Error saying what is missing
 */
export function findOpenBlas(entry: string, interfaces: readonly Interface[] = ["ILP64", "LP64"]): Library {
  const koffi = loadKoffi(entry);
  const missing: string[] = [];
  for (const one of interfaces) {
    try {
      return { interface: one, loaded: koffi.load(files[one]) };
    } catch (error) {
      missing.push(`${files[one]}: ${messageOf(error)}`);
    }
  }
  throw new Error(missing.join("; "));
}

export type Floats = Float64Array | Float32Array;

/** CBLAS: C = alpha · A · B + beta · C for rows `ld` elements apart. A and B as they are: no transposes. */
type Gemm<Scalar> = (
  order: typeof rowMajor,
  transA: typeof asItIs,
  transB: typeof asItIs,
  m: number,
  n: number,
  k: number,
  alpha: Scalar,
  a: Floats,
  lda: number,
  b: Floats,
  ldb: number,
  beta: Scalar,
  c: Floats,
  ldc: number,
) => void;

/** CblasRowMajor, CblasNoTrans and CblasTrans, CblasUpper and CblasLower, CblasNonUnit and CblasUnit, CblasLeft. */
export const rowMajor = 101;
export const asItIs = 111;
export const transpose = 112;
export const upperHalf = 121;
export const lowerHalf = 122;
export const anyDiagonal = 131;
export const unitDiagonal = 132;
export const fromLeft = 141;

/** CBLAS: X of T · X = alpha · B in place of B, m×n. */
type Trsm<Scalar> = (
  order: typeof rowMajor,
  side: typeof fromLeft,
  half: typeof upperHalf | typeof lowerHalf,
  transT: typeof asItIs,
  diagonal: typeof anyDiagonal | typeof unitDiagonal,
  m: number,
  n: number,
  alpha: Scalar,
  t: Floats,
  ldt: number,
  b: Floats,
  ldb: number,
) => void;

/** OpenBLAS: B = alpha · Aᵀ out of place, for an A of so many rows and columns. */
type Omatcopy<Scalar> = (
  order: typeof rowMajor,
  trans: typeof transpose,
  rows: number,
  columns: number,
  alpha: Scalar,
  a: Floats,
  lda: number,
  b: Floats,
  ldb: number,
) => void;

/** The library's integers, in the width of its interface. */
export type Integers = BigInt64Array | Int32Array;

/** LAPACK, as Fortran passes arguments: everything by pointer, behind it the length, 1, of each letter. */
export type Fortran = (...args: (string | Floats | Integers | 1)[]) => void;

/** Views go to C as pointers, uncopied; koffi does not check that their element type is the routine's. */
export interface Routines {
  readonly dgemm: Gemm<number>;
  readonly sgemm: Gemm<number>;
  /** Scalars are [re, im]. */
  readonly zgemm: Gemm<Float64Array>;
  readonly dtrsm: Trsm<number>;
  readonly ztrsm: Trsm<Float64Array>;
  readonly domatcopy: Omatcopy<number>;
  readonly zomatcopy: Omatcopy<Float64Array>;
  readonly dgetrf: Fortran;
  readonly zgetrf: Fortran;
  readonly dpotrf: Fortran;
  readonly zpotrf: Fortran;
  readonly dgeqrf: Fortran;
  readonly zgeqrf: Fortran;
  readonly dorgqr: Fortran;
  readonly zungqr: Fortran;
  readonly dsyevd: Fortran;
  readonly dgesdd: Fortran;
  readonly dgeev: Fortran;
  readonly setThreads: (threads: number) => void;
  readonly config: () => string;
  readonly coreName: () => string;
}

const gemm = (name: string, element: string, scalar: string): string =>
  `void ${name}(int order, int transA, int transB, INT m, INT n, INT k, ${scalar} alpha, const ${element} *a, INT lda, ` +
  `const ${element} *b, INT ldb, ${scalar} beta, ${element} *c, INT ldc)`;

const trsm = (name: string, element: string, scalar: string): string =>
  `void ${name}(int order, int side, int half, int transT, int diagonal, INT m, INT n, ${scalar} alpha, ` +
  `const ${element} *t, INT ldt, ${element} *b, INT ldb)`;

const omatcopy = (name: string, element: string, scalar: string): string =>
  `void ${name}(int order, int trans, INT rows, INT columns, ${scalar} alpha, const ${element} *a, INT lda, ` +
  `${element} *b, INT ldb)`;

/** Letters come first in every routine used here. */
function fortran(name: string, letters: number, pointers: number): string {
  const types = [
    ["const char *", letters],
    ["void *", pointers],
    ["size_t", letters],
  ] as const;
  return `void ${name}_(${types.flatMap(([type, count]) => new Array<string>(count).fill(type)).join(", ")})`;
}

/** In C, with INT for the library's integer. A routine more is a line here and its type above. */
const declarations: Readonly<Record<keyof Routines, string>> = {
  dgemm: gemm("cblas_dgemm", "double", "double"),
  sgemm: gemm("cblas_sgemm", "float", "float"),
  zgemm: gemm("cblas_zgemm", "void", "const void *"),
  dtrsm: trsm("cblas_dtrsm", "double", "double"),
  ztrsm: trsm("cblas_ztrsm", "void", "const void *"),
  domatcopy: omatcopy("cblas_domatcopy", "double", "double"),
  zomatcopy: omatcopy("cblas_zomatcopy", "double", "const double *"),
  dgetrf: fortran("dgetrf", 0, 6),
  zgetrf: fortran("zgetrf", 0, 6),
  dpotrf: fortran("dpotrf", 1, 4),
  zpotrf: fortran("zpotrf", 1, 4),
  dgeqrf: fortran("dgeqrf", 0, 8),
  zgeqrf: fortran("zgeqrf", 0, 8),
  dorgqr: fortran("dorgqr", 0, 9),
  zungqr: fortran("zungqr", 0, 9),
  dsyevd: fortran("dsyevd", 2, 9),
  dgesdd: fortran("dgesdd", 1, 13),
  dgeev: fortran("dgeev", 2, 12),
  setThreads: "void openblas_set_num_threads(int threads)",
  config: "const char *openblas_get_config()",
  coreName: "const char *openblas_get_corename()",
};

export interface OpenBlas extends Routines {
  readonly interface: Interface;
  /** The largest extent or row length it can be told. */
  readonly mostExtent: number;
  /** Version, the CPU its kernels were chosen for, and interface: `openblas-0.3.21-Zen-ILP64`. */
  readonly kernel: string;
}

/**
 * Its routines, by their names in BLAS.
 * @throws Error when a routine is missing, or its integers are not of the width its name promises
 */
export function bind({ interface: promised, loaded }: Library): OpenBlas {
  const bound = Object.entries(declarations).map(([name, declaration]) => [
    name,
    loaded.func(declaration.replaceAll(/\bINT\b/g, integers[promised])),
  ]);
  const routines: Routines = Object.fromEntries(bound);
  const config = routines.config();
  const built: Interface = /\bUSE64BITINT\b/.test(config) ? "ILP64" : "LP64";
  if (built !== promised) throw new Error(`expected an ${promised} build of OpenBLAS, got ${config}`);
  const version = /OpenBLAS (\S+)/.exec(config)?.[1] ?? "unknown";
  return {
    ...routines,
    interface: promised,
    mostExtent: promised === "ILP64" ? Number.MAX_SAFE_INTEGER : 2 ** 31 - 1,
    kernel: `openblas-${version}-${routines.coreName()}-${promised}`,
  };
}
