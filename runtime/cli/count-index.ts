// Counts an index for an estimate: how many vectors, and how large keys and metadata are as S3 Vectors bills them.
import { metadataSize } from '../../contract/vectors/metadata';
import type { VectorStore } from '../vector-store/vector-store';
import type { IndexCount } from './cost-input';
import { progressLine } from './progress-line';
import type { Terminal } from './terminal';

const SEGMENTS = 4;

/** @throws VectorStoreError */
export async function countIndex(
  store: Pick<VectorStore, 'shape' | 'list'>,
  terminal: Pick<Terminal, 'moving' | 'note' | 'width'>,
  signal: AbortSignal,
): Promise<IndexCount> {
  const { dimension, nonFilterableMetadataKeys } = await store.shape({ signal });
  const progress = progressLine(terminal, 'vectors counted');
  const began = performance.now();
  let [vectors, keyBytes, filterable, total] = [0, 0, 0, 0];
  try {
    for await (const { key, metadata = {} } of store.list({ metadata: true, segments: SEGMENTS, signal })) {
      vectors += 1;
      keyBytes += Buffer.byteLength(key);
      if (Object.keys(metadata).length > 0) {
        const size = metadataSize(metadata, nonFilterableMetadataKeys);
        filterable += size.filterable;
        total += size.total;
      }
      progress.show({ done: vectors, seconds: (performance.now() - began) / 1000 });
    }
  } finally {
    progress.end();
  }
  const average = (bytes: number): number => (vectors === 0 ? 0 : bytes / vectors);
  return {
    vectors,
    dimension,
    keyBytes: Math.max(1, average(keyBytes)),
    metadataBytes: average(filterable),
    nonFilterableBytes: average(total - filterable),
  };
}
