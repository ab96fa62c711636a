// Times of repeated work, and lines of at most 80 columns that tell them.

export interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly least: number;
}

export function timesOf(milliseconds: readonly number[]): Times {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), least: sorted[0] ?? 0 };
}

export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Work repeated by several callers, each beginning anew once it is done. */
export async function repeated(
  callers: number,
  times: number,
  work: () => Promise<unknown>,
): Promise<{ readonly times: Times; readonly perSecond: number }> {
  const took: number[] = [];
  let left = times;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (left > 0) {
        left -= 1;
        took.push(await timed(work));
      }
    }),
  );
  return { times: timesOf(took), perSecond: (1000 * times) / (performance.now() - began) };
}

export function heading(text: string): void {
  console.log(`\n${text}\n${'-'.repeat(Math.min(78, text.length))}`);
}

export function row(what: string, ...figures: readonly string[]): void {
  console.log(`${what.padEnd(38)}${figures.map((figure) => ` ${figure.padStart(13)}`).join('')}`.trimEnd());
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

export function gigabytesPerSecond(bytes: number, inMilliseconds: number): string {
  return `${(bytes / inMilliseconds / 1e6).toFixed(2)} GB/s`;
}
