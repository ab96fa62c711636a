// What a file format of an export does: takes vectors one by one, and never holds more of them than it needs.
import type { ListedVector } from '../vector-store/vector-store';

export interface ExportFormat {
  /** Settles when the next vector may come. */
  add(vector: ListedVector): Promise<void>;
  /** Writes what is still held, and whatever ends such a file. */
  end(): Promise<void>;
}
