// What an estimate is made of: rows for a table, one a position, and their totals.
import type { Price } from './price-list';

/** AWS bills binary gigabytes; the decimal ones are for comparing with calculations on paper. */
export type Gigabyte = 'binary' | 'decimal';

export interface CostRow {
  /** `S3 Vectors`, `Embeddings`, `S3`: what the bill would call the service. */
  readonly service: string;
  /** What is paid for, as a person reads it. */
  readonly item: string;
  /** In `unit`, as it is billed: minimums included. */
  readonly quantity: number;
  readonly unit: string;
  /** US dollars for one unit. */
  readonly unitUsd: number;
  readonly usd: number;
  /** Whether it is paid every month or once. */
  readonly period: 'month' | 'once';
}

export interface CostEstimate {
  readonly region: string;
  /** Name of the price list, with its date. */
  readonly priceList: string;
  readonly rows: readonly CostRow[];
  /** US dollars a month. */
  readonly monthlyUsd: number;
  /** US dollars once. */
  readonly onceUsd: number;
  /** What to know about the figures: assumptions, minimums that bind, prices that nobody has checked. */
  readonly notes: readonly string[];
}

/** Rows and notes of one part of an estimate. */
export interface CostPart {
  readonly rows: readonly CostRow[];
  readonly notes: readonly string[];
  readonly prices: readonly Price[];
}

/** A row. `quantity` is in the price's own unit, of which `price.per` may say a thousand or a million. */
export function row(
  service: string,
  item: string,
  period: CostRow['period'],
  quantity: number,
  unit: string,
  unitUsd: number,
): CostRow {
  return { service, item, quantity, unit, unitUsd, usd: quantity * unitUsd, period };
}

export function bytesPerGb(gigabyte: Gigabyte): number {
  return gigabyte === 'binary' ? 2 ** 30 : 1e9;
}

export function bytesPerTb(gigabyte: Gigabyte): number {
  return gigabyte === 'binary' ? 2 ** 40 : 1e12;
}
