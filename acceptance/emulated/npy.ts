/** The numbers of a .npy file of float64 in C order, read by the format's own description, not by the product's codec. */
export function float64Npy(bytes: Uint8Array): { shape: number[]; data: Float64Array } {
  const file = Buffer.from(bytes);
  if (file.toString("latin1", 0, 6) !== "\x93NUMPY") {
    throw new Error(
      `expected a .npy file, got ${file.length} bytes that begin with ${file.toString("hex", 0, 6)}`,
    );
  }
  const [lengthBytes, length] = file[6] === 1 ? [2, file.readUInt16LE(8)] : [4, file.readUInt32LE(8)];
  const start = 8 + lengthBytes + length;
  const header = file.toString("latin1", 8 + lengthBytes, start);
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (!/'descr': '<f8'/.test(header) || !/'fortran_order': False/.test(header) || shape === undefined) {
    throw new Error(`expected float64 in C order, got the header ${header}`);
  }
  const data = new Float64Array(bytes.slice(start).buffer);
  return {
    shape: shape
      .split(",")
      .map(Number)
      .filter((size) => size > 0),
    data,
  };
}
