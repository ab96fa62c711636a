// What a migration throws when it has to end before its source does.
import { RuntimeError } from '../runtime-error';
import type { MigrationReport } from './migration-report';

/** A migration that had to end before its source did. What it had done is in `report`; it can be resumed. */
export class MigrationError extends RuntimeError {
  override readonly name = 'MigrationError';

  constructor(
    code: string,
    message: string,
    readonly report: MigrationReport,
    options: { readonly cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
