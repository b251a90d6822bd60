import { python } from "./processes.ts";

/** NumPy as it is here, or why it is not a peer. */
export type Peer = { readonly name: string } | { readonly absent: string };

interface Versions {
  readonly numpy: string;
  readonly blas: string;
}

/** NumPy of at least 2, on OpenBLAS: anything else is another comparison. */
export function judged({ numpy, blas }: Versions): Peer {
  if (Number.parseInt(numpy, 10) < 2) return { absent: `NumPy here is ${numpy}, the peer is 2 or later` };
  if (!/openblas/i.test(blas)) return { absent: `NumPy here uses ${blas}, the peer uses OpenBLAS` };
  return { name: `NumPy ${numpy} with ${blas}` };
}

let found: Promise<Peer> | undefined;

/** Asked once. */
export function peer(): Promise<Peer> {
  found ??= python("peer.py", "--version").then(
    (text) => judged(JSON.parse(text) as Versions),
    () => ({ absent: "there is no python3 with NumPy to compare with" }),
  );
  return found;
}
