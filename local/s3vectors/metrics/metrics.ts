// What the service counts, in the form of Prometheus. A registry of its own for each service, so that several in one
// process do not mix; every label has a bound on its values, because names come from clients.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Answer } from '../http/exchange';
import { FAULT_HEADER } from '../practice/faulty-front';

/** Vectors of an index that is in use. */
export interface IndexSize {
  readonly vectorBucketName: string;
  readonly indexName: string;
  readonly vectors: number;
}

/** What is asked for when somebody reads the metrics. */
export interface Stored {
  readonly vectorBuckets: number;
  readonly indexes: number;
  /** Indexes that are open. */
  readonly open: readonly IndexSize[];
}

/** Operations with a label of their own; a client can invent names (Cloud Control's are a header). */
const MAX_OPERATIONS = 64;
/** Indexes with a label of their own, the largest; the vectors of the others are added up. */
const MAX_INDEXES = 200;
const OTHER = '(other)';
/** Seconds: from a lookup in memory to a large write. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export class Metrics {
  private readonly registry = new Registry();
  private readonly operations = new Set<string>();
  private readonly requests = this.counter('s3vectors_requests_total', 'Requests answered.', [
    'operation',
    'status',
  ]);
  private readonly received = this.counter('s3vectors_received_bytes_total', 'Bytes of request bodies.', [
    'operation',
  ]);
  private readonly sent = this.counter('s3vectors_sent_bytes_total', 'Bytes of answers.', ['operation']);
  private readonly throttled = this.counter(
    's3vectors_throttled_requests_total',
    'Requests refused with 429.',
    ['operation', 'reason'],
  );
  private readonly faults = this.counter('s3vectors_injected_faults_total', 'Answers spoilt by --faults.', [
    'fault',
  ]);
  private readonly vectorBuckets = this.gauge('s3vectors_vector_buckets', 'Vector buckets.', []);
  private readonly indexes = this.gauge('s3vectors_indexes', 'Indexes of all vector buckets.', []);
  private readonly vectors = this.gauge(
    's3vectors_vectors',
    `Vectors of each index that was used since the start; by name, of the ${MAX_INDEXES} largest.`,
    ['vector_bucket', 'index'],
  );
  private readonly duration = new Histogram({
    name: 's3vectors_request_duration_seconds',
    help: 'From the whole request to the whole answer, without their transport.',
    labelNames: ['operation'],
    buckets: LATENCY_BUCKETS,
    registers: [this.registry],
  });

  /** @param stored asked for at every reading */
  constructor(
    info: { readonly version: string; readonly region: string },
    private readonly stored: () => Promise<Stored>,
  ) {
    this.gauge('s3vectors_info', 'What is running; always 1.', ['version', 'region']).set({ ...info }, 1);
    this.registerProcess();
  }

  /** @param seconds from the whole request to its answer */
  record(operation: string, receivedBytes: number, answer: Answer, seconds: number): void {
    const labels = { operation: this.bounded(operation) };
    const fault = answer.headers[FAULT_HEADER];
    this.requests.inc({ ...labels, status: answer.breakage ?? String(answer.status) });
    this.received.inc(labels, receivedBytes);
    if (answer.breakage === undefined) this.sent.inc(labels, Buffer.byteLength(answer.body));
    this.duration.observe(labels, seconds);
    if (answer.status === 429)
      this.throttled.inc({ ...labels, reason: fault === undefined ? 'quota' : 'fault' });
    if (fault !== undefined) this.faults.inc({ fault });
  }

  /** The text for Prometheus, and its content type. */
  async text(): Promise<{ readonly contentType: string; readonly body: string }> {
    await this.readStored();
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  private bounded(operation: string): string {
    if (!this.operations.has(operation)) {
      if (this.operations.size >= MAX_OPERATIONS) return OTHER;
      this.operations.add(operation);
    }
    return operation;
  }

  private async readStored(): Promise<void> {
    const { vectorBuckets, indexes, open } = await this.stored();
    this.vectorBuckets.set(vectorBuckets);
    this.indexes.set(indexes);
    this.vectors.reset(); // indexes that were deleted
    for (const { vectorBucketName, indexName, vectors } of largest(open)) {
      this.vectors.set({ vector_bucket: vectorBucketName, index: indexName }, vectors);
    }
  }

  private registerProcess(): void {
    const { registry } = this;
    const sample = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    };
    sample('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
    sample('process_heap_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed);
    sample('process_external_memory_bytes', 'Memory outside of the heap: vectors and buffers.', () => {
      const { external } = process.memoryUsage();
      return external;
    });
    sample('process_cpu_seconds', 'Processor time since the start.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    sample('process_uptime_seconds', 'Time since the start.', () => process.uptime());
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}

/** The largest indexes, and all others as one. */
function largest(open: readonly IndexSize[]): readonly IndexSize[] {
  const sorted = [...open].sort((a, b) => b.vectors - a.vectors);
  const rest = sorted.slice(MAX_INDEXES).reduce((sum, { vectors }) => sum + vectors, 0);
  return sorted.length <= MAX_INDEXES
    ? sorted
    : [...sorted.slice(0, MAX_INDEXES), { vectorBucketName: OTHER, indexName: OTHER, vectors: rest }];
}
