/** The value below which `part` of the numbers lie; sorts them. */
export function quantile(numbers: number[], part: number): number {
  numbers.sort((a, b) => a - b)
  return numbers[Math.min(numbers.length - 1, Math.floor(numbers.length * part))] ?? Number.NaN
}
