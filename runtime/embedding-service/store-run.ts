// One call of `store`: documents are checked, embedded in groups and handed to one write of the document store, which
// sends what it has while the next group is embedded. Each document that was read ends with an outcome.
import { keyProblems } from '../../contract/vectors/key';
import { under } from '../../contract/vectors/problem';
import type { Metadata } from '../../contract/vectors/metadata';
import type { Embedder } from '../embedders/embedder';
import { EmbeddingError, EVERY_TEXT_FAILS } from '../embedders/embedding-error';
import type { Log } from '../logging/log';
import { messageOf, RuntimeError } from '../runtime-error';
import type { Document } from './document';
import { WriteEnded } from './document-store';
import type { Admission, DocumentRecord, DocumentStore, WriteReport } from './document-store';
import { StoreError } from './store-report';
import type { DocumentFailureCode, DocumentOutcome, StoreReport } from './store-report';

export interface StoreOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface StoreSurroundings {
  readonly store: DocumentStore;
  readonly embedder: Embedder;
  readonly admission: Admission;
  readonly log: Log;
}

/** Documents embedded together: enough to keep an embedder's calls busy, few enough to hold in memory. */
const GROUP = 64;

interface Admitted {
  readonly position: number;
  readonly document: Document;
  readonly metadata: Metadata;
  readonly textTruncated: boolean;
}

export class StoreRun {
  private readonly began = performance.now();
  private readonly outcomes: (DocumentOutcome | undefined)[] = [];
  private readonly ids: string[] = [];
  private readonly seen = new Set<string>();
  /** Where the records handed to the store came from: place among the records → place among the documents. */
  private readonly positions: number[] = [];
  private inputTokens: number | undefined;

  constructor(
    private readonly around: StoreSurroundings,
    private readonly options: StoreOptions,
  ) {}

  /** @throws StoreError when the source fails, the signal aborts, or every document would fail the same way */
  async over(documents: Iterable<Document> | AsyncIterable<Document>): Promise<StoreReport> {
    try {
      const { store, embedder } = this.around;
      const { signal } = this.options;
      this.settle(await store.write(this.records(documents), embedder, { signal }));
      return this.report();
    } catch (thrown) {
      const cause = thrown instanceof WriteEnded ? thrown.cause : thrown;
      const code = codeOf(cause);
      if (thrown instanceof WriteEnded) this.settle(thrown.report);
      this.closeOpen({ code, reason: `not stored, because storing had to end: ${messageOf(cause)}` });
      const report = this.report();
      throw new StoreError(
        code,
        `${messageOf(cause)} ${report.stored} of ${report.documents.length} documents that were read are stored.`,
        report,
        { cause },
      );
    }
  }

  private async *records(
    documents: Iterable<Document> | AsyncIterable<Document>,
  ): AsyncGenerator<DocumentRecord> {
    let group: Admitted[] = [];
    for await (const document of documents) {
      const admitted = this.admit(document);
      if (admitted === undefined) continue;
      group.push(admitted);
      if (group.length < GROUP) continue;
      yield* this.embedded(group);
      group = [];
    }
    yield* this.embedded(group);
  }

  /** Checks before embedding: a document that the index would refuse is not paid for. */
  private admit(document: unknown): Admitted | undefined {
    const position = this.outcomes.length;
    const { id, text, metadata } = (document ?? {}) as Partial<Record<keyof Document, unknown>>;
    this.outcomes.push(undefined);
    this.ids.push(typeof id === 'string' ? id : '');
    const fail = (code: DocumentFailureCode, reason: string): undefined => {
      this.outcomes[position] = { id: typeof id === 'string' ? id : undefined, stored: false, code, reason };
    };
    const problems = [
      ...under('id', keyProblems(id)),
      ...(typeof text === 'string' ? [] : [{ path: 'text', message: `is ${typeof text}, not a string` }]),
    ];
    if (problems.length > 0) {
      fail('INVALID_DOCUMENT', sentences(problems));
      return;
    }
    const checked = document as Document;
    if (this.seen.has(checked.id)) {
      fail(
        'DUPLICATE_ID',
        `id ${JSON.stringify(checked.id)} was already given in this call; only the first is stored.`,
      );
      return;
    }
    const kept = this.around.admission({ ...checked, metadata: metadata as Document['metadata'] });
    if (kept.problems.length > 0) {
      fail('INVALID_DOCUMENT', sentences(under('metadata', kept.problems)));
      return;
    }
    this.seen.add(checked.id);
    return { position, document: checked, metadata: kept.metadata, textTruncated: kept.textTruncated };
  }

  private async *embedded(group: readonly Admitted[]): AsyncGenerator<DocumentRecord> {
    if (group.length === 0) return;
    const { embedder, log } = this.around;
    const began = performance.now();
    const outcomes = await embedder.embed(
      group.map(({ document }) => document.text),
      'document',
      { signal: this.options.signal },
    );
    log.info(
      {
        model: embedder.modelId,
        dimension: embedder.dimension,
        purpose: 'document',
        count: outcomes.filter(({ error }) => error === undefined).length,
        failed: outcomes.filter(({ error }) => error !== undefined).length,
        seconds: (performance.now() - began) / 1000,
      },
      'embedding_generated',
    );
    const hopeless = outcomes.find(({ error }) => error !== undefined && EVERY_TEXT_FAILS.has(error.code));
    if (hopeless?.error !== undefined) throw hopeless.error;
    for (const [place, { position, document, metadata, textTruncated }] of group.entries()) {
      const outcome = outcomes[place];
      if (outcome?.embedding === undefined) {
        const { code, message } =
          outcome?.error ??
          new EmbeddingError('UNEXPECTED_ANSWER', 'the embedder returned no outcome for this text.');
        this.outcomes[position] = { id: document.id, stored: false, code, reason: message };
        continue;
      }
      const { vector, truncated, inputTokens } = outcome.embedding;
      if (inputTokens !== undefined) this.inputTokens = (this.inputTokens ?? 0) + inputTokens;
      this.outcomes[position] = {
        id: document.id,
        stored: true,
        textTruncated,
        embeddingTruncated: truncated,
      };
      this.positions.push(position);
      yield { key: document.id, data: vector, metadata, text: document.text };
    }
  }

  /** Takes back what was not written. Until then, outcomes of embedded documents are what a full success makes. */
  private settle(report: WriteReport): void {
    for (const { position, key, code, reason, uncertain } of report.failed) {
      const place = this.positions[position] ?? -1;
      this.outcomes[place] = {
        id: key,
        stored: false,
        code,
        reason,
        ...(uncertain === undefined ? {} : { uncertain }),
      };
    }
    // The last record yielded may not have been taken.
    for (const place of this.positions.slice(report.read)) this.outcomes[place] = undefined;
  }

  private closeOpen(reason: { readonly code: DocumentFailureCode; readonly reason: string }): void {
    for (const [position, outcome] of this.outcomes.entries()) {
      if (outcome === undefined)
        this.outcomes[position] = { id: this.ids[position] ?? '', stored: false, ...reason };
    }
  }

  private report(): StoreReport {
    const documents = this.outcomes.flatMap((outcome) => outcome ?? []);
    const stored = documents.filter((outcome) => outcome.stored);
    const { embedder, store, log } = this.around;
    for (const { id } of stored) log.debug({ id, dimension: embedder.dimension }, 'embedding_stored');
    const report = {
      stored: stored.length,
      failed: documents.length - stored.length,
      documents,
      inputTokens: this.inputTokens,
      seconds: (performance.now() - this.began) / 1000,
    };
    log.info(
      {
        ...store.address,
        model: embedder.modelId,
        dimension: embedder.dimension,
        count: report.stored,
        failed: report.failed,
        inputTokens: report.inputTokens,
        seconds: report.seconds,
      },
      'embedding_stored',
    );
    return report;
  }
}

function codeOf(cause: unknown): DocumentFailureCode {
  if (cause instanceof RuntimeError) return cause.code as DocumentFailureCode;
  return (cause as { code?: DocumentFailureCode } | undefined)?.code ?? 'SOURCE_FAILED';
}

function sentences(problems: readonly { readonly path: string; readonly message: string }[]): string {
  return `${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.`;
}
