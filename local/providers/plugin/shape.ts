// The shape of a resource's inputs as data: what Check validates and Diff compares by. The types below tie a
// shape to an SDK argument interface, so that a property that the SDK adds, renames or retypes does not compile
// here until someone has decided what the stand-in does about it.
import type { Unwrap } from '@pulumi/pulumi/output';

export interface Traits {
  readonly required?: true;
  /** A change makes a new resource (Terraform's ForceNew, CloudFormation's createOnly). */
  readonly replaces?: true;
  /** The service chooses when the program does not: absence is no change (Terraform's Optional and Computed). */
  readonly computed?: true;
  /** What absence means; Check fills it in. */
  readonly default?: string | number | boolean;
  /** What stands in the state is kept as it was given, because the service does not return it. */
  readonly unread?: true;
}

export interface StringShape extends Traits {
  readonly kind: 'string';
  readonly oneOf?: readonly string[];
}
export interface NumberShape extends Traits {
  readonly kind: 'number';
  readonly range?: readonly [least: number, most: number];
}
export interface BooleanShape extends Traits {
  readonly kind: 'boolean';
}
/** A JSON document: `text` only as a string, otherwise also as an object, which Check turns into a string. */
export interface DocumentShape extends Traits {
  readonly kind: 'document';
  readonly text?: true;
}
export interface ArchiveShape extends Traits {
  readonly kind: 'archive';
}
export interface ListShape<Element extends Shape = Shape> extends Traits {
  readonly kind: 'list';
  readonly element: Element;
  /** Order means nothing, nor does it make a difference. */
  readonly unordered?: true;
}
export interface MapShape<Element extends Shape = Shape> extends Traits {
  readonly kind: 'map';
  readonly element: Element;
}
export interface ObjectShape<Properties extends Shapes = Shapes> extends Traits {
  readonly kind: 'object';
  readonly properties: Properties;
}
/** A property of the real provider that the stand-in does not implement. */
export interface RefusedShape extends Traits {
  readonly kind: 'refused';
  readonly instead?: string;
}

export type Shape =
  | StringShape
  | NumberShape
  | BooleanShape
  | DocumentShape
  | ArchiveShape
  | ListShape
  | MapShape
  | ObjectShape
  | RefusedShape;
export type Shapes = Readonly<Record<string, Shape>>;

/** The SDK's Archive class declares no members, and nothing else among the arguments has none. */
export type IsArchive<T> = [keyof NonNullable<T>, Extract<T, string>] extends [never, never] ? true : false;
type Is<T, Kind> = [NonNullable<T>] extends [Kind] ? true : false;
/** The shape that describes a resolved SDK type. */
export type ShapeOf<T> =
  Is<T, boolean> extends true
    ? BooleanShape
    : Is<T, number> extends true
      ? NumberShape
      : Is<T, string> extends true
        ? StringShape | (DocumentShape & { readonly text: true })
        : IsArchive<T> extends true
          ? ArchiveShape
          : [string] extends [T]
            ? DocumentShape
            : NonNullable<T> extends readonly (infer Element)[]
              ? ListShape<ShapeOf<Element>>
              : string extends keyof NonNullable<T>
                ? MapShape<ShapeOf<NonNullable<T>[keyof NonNullable<T>]>>
                : ObjectShape<ShapesOf<NonNullable<T>>>;

type IsOptional<T, Key extends keyof T> = undefined extends T[Key] ? true : false;
/** The shapes of every property of an SDK argument interface, required where the SDK requires. */
export type ShapesOf<Args> = {
  readonly [Key in keyof Args]-?:
    | (IsOptional<Args, Key> extends true ? RefusedShape : never)
    | (ShapeOf<Unwrap<Args[Key]>> &
        (IsOptional<Args, Key> extends true
          ? { readonly required?: undefined }
          : { readonly required: true }));
};

/** An SDK argument or state interface once every Output has resolved. */
export type Resolved<T> = Unwrap<T>;

/** Makes shapes of one kind; two signatures, lest a shape without traits be inferred to have any. */
interface Maker<Kind extends Shape['kind'], Of extends Shape> {
  (): { readonly kind: Kind };
  <const T extends Omit<Of, 'kind'>>(traits: T): { readonly kind: Kind } & T;
}
const maker =
  <Kind extends Shape['kind'], Of extends Shape>(kind: Kind): Maker<Kind, Of> =>
  (traits = {}) => ({ kind, ...traits });

export const string = maker<'string', StringShape>('string');
export const number = maker<'number', NumberShape>('number');
export const boolean = maker<'boolean', BooleanShape>('boolean');
export const document = maker<'document', DocumentShape>('document');
export const archive = maker<'archive', ArchiveShape>('archive');

interface ContainerMaker<Kind extends 'list' | 'map' | 'object', Part extends string, Bound, Of> {
  <Content extends Bound>(content: Content): { readonly kind: Kind } & Readonly<Record<Part, Content>>;
  <Content extends Bound, const T extends Omit<Of, 'kind' | Part>>(
    content: Content,
    traits: T,
  ): { readonly kind: Kind } & Readonly<Record<Part, Content>> & T;
}
const container = <Kind extends 'list' | 'map' | 'object', Part extends string, Bound, Of>(
  kind: Kind,
  part: Part,
): ContainerMaker<Kind, Part, Bound, Of> =>
  ((content: Bound, traits = {}) => ({ kind, [part]: content, ...traits })) as ContainerMaker<
    Kind,
    Part,
    Bound,
    Of
  >;

export const list = container<'list', 'element', Shape, ListShape>('list', 'element');
export const map = container<'map', 'element', Shape, MapShape>('map', 'element');
export const object = container<'object', 'properties', Shapes, ObjectShape>('object', 'properties');
/** @param instead what to use in its place, as a sentence fragment after "use" */
export const refused = (instead?: string): RefusedShape =>
  instead === undefined ? { kind: 'refused' } : { kind: 'refused', instead };

/** The names of the properties that the stand-in takes. */
export const takenProperties = (shapes: Shapes): string[] =>
  Object.entries(shapes)
    .filter(([, shape]) => shape.kind !== 'refused')
    .map(([name]) => name)
    .sort();
