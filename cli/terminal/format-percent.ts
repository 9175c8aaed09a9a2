/** Such as "95.0 %". */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
