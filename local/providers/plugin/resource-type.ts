// What a stand-in must know of one resource type or function, in plain values: no protobuf, no gRPC, no secrets.
import type { NameRequest } from './auto-name';
import type { Failure } from './check';
import type { Changes } from './diff';
import type { PlainMap, PropertyMap } from './property-value';
import type { ObjectShape } from './shape';

export interface Checked {
  readonly inputs: PropertyMap;
  readonly failures: readonly Failure[];
}

export interface Difference {
  readonly changes: Changes;
  /** Delete the old one first: both would have the same name. */
  readonly deleteBeforeReplace: boolean;
}

export interface Existing {
  readonly id: string;
  readonly state: PlainMap;
}

/**
 * Thrown when a resource was made, but not finished: the engine then keeps it in its state and the next update
 * completes it, so that nothing is left behind that nobody knows of.
 */
export class PartlyDone extends Error {
  constructor(
    readonly existing: Existing,
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

export interface ResourceType<Session> {
  readonly token: string;
  readonly inputs: ObjectShape;
  /** @param olds the inputs of the last update; undefined for a resource that is new or being replaced */
  check(
    session: Session,
    request: { news: PropertyMap; olds: PropertyMap | undefined; naming: NameRequest },
  ): Checked;
  diff(
    session: Session,
    request: { state: PlainMap; oldInputs: PlainMap; news: PlainMap; ignoreChanges: readonly string[] },
  ): Difference;
  /** The state as far as it is known before the resource exists. */
  previewCreate(session: Session, inputs: PlainMap): PlainMap;
  /** @throws PartlyDone when the resource exists but is not as it should be */
  create(session: Session, inputs: PlainMap): Promise<Existing>;
  /** @returns undefined when there is no such resource */
  read(
    session: Session,
    request: { id: string; state: PlainMap; inputs: PlainMap },
  ): Promise<(Existing & { inputs: PlainMap }) | undefined>;
  previewUpdate(session: Session, request: { state: PlainMap; news: PlainMap }): PlainMap;
  /** @throws PartlyDone when some of the change was made */
  update(
    session: Session,
    request: { id: string; state: PlainMap; oldInputs: PlainMap; news: PlainMap },
  ): Promise<PlainMap>;
  /** Succeeds when the resource is already gone. */
  delete(session: Session, existing: Existing): Promise<void>;
}

export interface FunctionType<Session> {
  readonly token: string;
  readonly inputs: ObjectShape;
  call(session: Session, args: PlainMap): Promise<PlainMap>;
}

/** The provider's own configuration, checked. */
export interface ConfigurationCheck<Session> {
  readonly failures: readonly Failure[];
  /** Present when there are no failures. */
  readonly session?: Session;
}

export interface PackageDefinition<Session> {
  /** As in the plugin's file name: `aws` for pulumi-resource-aws. */
  readonly name: string;
  /** The version of the SDK package that the resource types follow. */
  readonly version: string;
  readonly description: string;
  /** Pure: `environment` is the process environment as it was at start. */
  configure(config: PlainMap, environment: NodeJS.ProcessEnv): ConfigurationCheck<Session>;
  readonly resources: readonly ResourceType<Session>[];
  readonly functions: readonly FunctionType<Session>[];
  /** An error of the service in words: what it said, and what to do if that is known. */
  explain(error: unknown): string;
  /** Gives up what is under way. */
  cancel(session: Session): void;
}
