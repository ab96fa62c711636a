// Amounts of money for people: cents, and more digits where cents would say nothing.

/** `1,234.50`, `0.34`, `0.0042`, `0`. */
export function usdText(usd: number): string {
  if (usd === 0) return '0';
  if (usd < 0.000_001) return '<0.000001';
  return usd < 0.1
    ? usd.toLocaleString('en-US', { maximumSignificantDigits: 2, maximumFractionDigits: 6 })
    : usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
