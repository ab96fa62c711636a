// What a team has already: a component given `existing` creates nothing and changes nothing, and offers the outputs
// of what it would have made, so that everything that is built on it does not know the difference.
import * as pulumi from '@pulumi/pulumi';
import { arn as arnOf } from '../contract/arns';
import type { Place } from '../contract/arns';
import type { TextRule } from '../contract/field-reader';
import { indexNameProblems, s3BucketNameProblems, vectorBucketNameProblems } from '../contract/names';
import {
  arnProblems,
  bucketArnRule,
  vectorBucketArnRule,
  vectorIndexArnRule,
} from '../contract/outputs/arn-rules';
import { checked } from './checked-input';
import type { InputCheck } from './checked-input';

/** A kind of thing that can be adopted by its name or its ARN. */
interface Adoptable {
  readonly arnRule: TextRule;
  readonly nameIn: (arn: string) => string;
  readonly nameProblems: (name: string | undefined) => string[];
}

const afterLast = (separator: string) => (arn: string) => arn.slice(arn.lastIndexOf(separator) + 1);

const VECTOR_BUCKET: Adoptable = {
  arnRule: vectorBucketArnRule,
  nameIn: afterLast('/'),
  nameProblems: vectorBucketNameProblems,
};
const VECTOR_INDEX: Adoptable = {
  arnRule: vectorIndexArnRule,
  nameIn: afterLast('/'),
  nameProblems: indexNameProblems,
};
const BUCKET: Adoptable = {
  arnRule: bucketArnRule,
  nameIn: afterLast(':'),
  nameProblems: (name) => s3BucketNameProblems(name),
};

/** How a person says what exists: by exactly one of both. */
interface ByNameOrArn {
  readonly name?: pulumi.Input<string>;
  readonly arn?: pulumi.Input<string>;
}

/** What was adopted. The ARN is made from the name and the place where only the name was given. */
export interface Adopted {
  readonly name: pulumi.Output<string>;
  arnIn(place: () => pulumi.Output<Place>): pulumi.Output<string>;
}

/** An adopted index, which knows its bucket too. */
export interface AdoptedIndex extends Adopted {
  readonly vectorBucketName: pulumi.Output<string>;
}

/** The bucket that `existing` says; faults of what is plain are added to the check. */
export function adoptVectorBucket(check: InputCheck, existing: ByNameOrArn): Adopted {
  const name = nameOf(check, existing, VECTOR_BUCKET);
  return adopted(existing, name, (place, plain) => arnOf.vectorBucket(place, plain));
}

/** The bucket of S3 that `existing` says; faults of what is plain are added to the check. */
export function adoptBucket(check: InputCheck, existing: ByNameOrArn): Adopted {
  const name = nameOf(check, existing, BUCKET);
  return adopted(existing, name, (place, plain) => arnOf.bucket(place, plain));
}

/**
 * The index that `existing` says; faults of what is plain are added to the check.
 * @param vectorBucketName needed with a name, and refused with an ARN, which says it already.
 */
export function adoptVectorIndex(
  check: InputCheck,
  existing: ByNameOrArn,
  vectorBucketName: pulumi.Input<string> | undefined,
): AdoptedIndex {
  const name = nameOf(check, existing, VECTOR_INDEX);
  check.add(
    (vectorBucketName === undefined) === (existing.arn === undefined)
      ? [
          existing.arn === undefined
            ? 'vectorBucketName is missing: an index is found by its name in a bucket, or by existing.arn.'
            : 'vectorBucketName is given beside existing.arn, which names the bucket; remove it.',
        ]
      : [],
  );
  const bucket =
    existing.arn === undefined
      ? vectorBucketName === undefined
        ? pulumi.output('')
        : check.value(vectorBucketName, vectorBucketNameProblems)
      : checked({ arn: existing.arn }, (plain) => plain.arn.split('/')[1] ?? '');
  return {
    ...adopted(existing, name, (place, plain, inBucket) => arnOf.vectorIndex(place, inBucket, plain), bucket),
    vectorBucketName: bucket,
  };
}

/**
 * Every reason why arguments cannot stand beside `existing`, or are missing where it is not given; empty when there
 * is none.
 * @param args the component's arguments.
 * @param needed names of those that are needed to create.
 * @param describing names of those that say what exists, and so may stand beside it.
 */
export function createOrAdoptProblems(
  args: object,
  needed: readonly string[],
  describing: readonly string[] = [],
): string[] {
  const given = Object.entries(args)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (!given.includes('existing')) {
    const missing = needed.filter((name) => !given.includes(name));
    return missing.length === 0
      ? []
      : [`${missing.join(', ')} missing: give ${needed.join(', ')} to create it, or existing to adopt it.`];
  }
  const others = given.filter((name) => name !== 'existing' && !describing.includes(name));
  return others.length === 0
    ? []
    : [`${others.join(', ')} given beside existing: what exists is not changed; remove one or the other.`];
}

/**
 * Arguments that are needed to create, as far as they are given: what is missing is a fault of its own, found by
 * `createOrAdoptProblems`, and makes no second one.
 */
export function given<T extends object>(args: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** The name, checked, whichever of both was given. */
function nameOf(check: InputCheck, existing: ByNameOrArn, kind: Adoptable): pulumi.Output<string> {
  const { name, arn } = existing;
  if ((name === undefined) === (arn === undefined)) {
    const fault = name === undefined ? 'neither' : 'both';
    check.add([`existing has ${fault} of name and arn; give exactly one.`]);
    return pulumi.output('');
  }
  if (arn === undefined) return check.value(name ?? '', kind.nameProblems);
  return check.input(
    { arn },
    (known) => {
      if (known.arn === undefined) return [];
      const problems = arnProblems('existing.arn', known.arn, kind.arnRule);
      return problems.length > 0 ? problems : kind.nameProblems(kind.nameIn(known.arn));
    },
    (plain) => kind.nameIn(plain.arn),
  );
}

function adopted(
  existing: ByNameOrArn,
  name: pulumi.Output<string>,
  build: (place: Place, name: string, bucket: string) => string,
  bucket: pulumi.Output<string> = name,
): Adopted {
  const { arn } = existing;
  return {
    name,
    arnIn: (place) =>
      arn === undefined
        ? checked({ place: place(), name, bucket }, (plain) => build(plain.place, plain.name, plain.bucket))
        : // After the check, so that a wrong ARN goes no further.
          checked({ arn, name }, (plain) => plain.arn),
  };
}
