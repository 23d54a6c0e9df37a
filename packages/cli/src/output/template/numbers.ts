/** A number with a fraction or an exponent, as strconv of Go writes it; null: the shortest that is read as the same. */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision: number | null): string {
  if (verb === 'f') return fixed(value, precision);
  if (verb === 'e') return twoDigits(exponential(value, precision));
  const digits = precision === null ? null : Math.max(precision, 1);
  const [mantissa = '', exponent = '0'] = exponential(value, digits === null ? null : digits - 1).split('e');
  const shortest = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  const count = shortest.replace(/\D/g, '').length;
  const isShort = digits !== null && digits > count && count >= Number(exponent) + 1;
  const limit = digits === null ? 6 : isShort ? count : digits;
  if (Number(exponent) < -4 || Number(exponent) >= limit) return twoDigits(`${shortest}e${exponent}`);
  return fixed(Number(`${shortest}e${exponent}`), Math.max(count - Number(exponent) - 1, 0));
}

/** JavaScript has no more than 100 digits behind the point, and an exponent for what is very large. */
function fixed(value: number, precision: number | null): string {
  const digits = Math.min(precision ?? 6, 100);
  return Math.abs(value) < 1e21
    ? toEven(value.toFixed(digits), value.toFixed(100), digits)
    : `${BigInt(value)}${digits === 0 ? '' : `.${'0'.repeat(digits)}`}`;
}

function exponential(value: number, precision: number | null): string {
  if (precision === null) return value.toExponential();
  const digits = Math.min(precision, 100);
  const [rounded = '', exponent] = value.toExponential(digits).split('e');
  const [exact = '', unrounded] = value.toExponential(100).split('e');
  return exponent === unrounded ? `${toEven(rounded, exact, digits)}e${exponent}` : `${rounded}e${exponent}`;
}

/** What lies in the middle goes to the even neighbour in Go, and up in JavaScript. */
function toEven(rounded: string, exact: string, digits: number): string {
  const end = exact.indexOf('.') + (digits === 0 ? 0 : digits + 1);
  const below = exact.slice(0, end);
  return /^\.?50*$/.test(exact.slice(end)) && /[02468]$/.test(below) ? below : rounded;
}

/** Exponents have two digits at least: `1e-07`. */
function twoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
