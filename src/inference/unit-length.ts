/** Scales a vector to Euclidean length 1; a vector of zeros stays as it is. */
export function unitLength(vector: Float32Array): number[] {
  const length = Math.hypot(...vector);
  return Array.from(vector, (value) => (length > 0 ? value / length : 0));
}
