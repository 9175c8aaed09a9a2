/** A vector scaled to Euclidean length 1; all zeros stay zeros. */
export function unitLength(vector: Float32Array): number[] {
  const length = Math.hypot(...vector);
  return Array.from(vector, (value) => (length > 0 ? value / length : 0));
}
