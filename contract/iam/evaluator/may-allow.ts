// The symbolic question: can these documents allow any action of a set on any resource of a space?
//
// The answer errs on one side only. A condition on an Allow is assumed to be satisfiable, a policy variable to take
// any value, an undecided comparison to meet; a Deny removes only what it covers without conditions, for everyone,
// with every `*` read as narrowly as IAM may read it. "Nothing" is therefore a proof; a grant may need circumstances.
import { many, type Statement } from '../document';
import { coversAction } from './action-match';
import type { Pattern } from './pattern';
import { findText, SearchEffort } from './pattern-search';
import { type NamedDocument, referencesOf, type StatementReference } from './statement-reference';
import { narrowestPattern, widestPattern } from './variables';

/** Actions, and the resources that they act on. */
export interface ActionsOnResources {
  /** `service:Operation`, without wildcards. */
  readonly actions: readonly string[];
  /** The ARNs that are asked about. */
  readonly resources: readonly Pattern[];
  /** ARNs among them that are not. */
  readonly except?: readonly Pattern[];
}

export interface PoliciesInForce {
  readonly documents: readonly NamedDocument[];
  /** What bounds them: a permissions boundary. Every one of these must allow too. */
  readonly limits?: readonly NamedDocument[];
}

/** What one statement can allow of what was asked about. */
export interface Grant extends StatementReference {
  /** The actions of the question that it can allow. */
  readonly actions: readonly string[];
  /** Its Action entries (or `NotAction`) that reach them, as written. */
  readonly writtenActions: readonly string[];
  /** Its Resource entries (or `NotResource`) that reach them, as written. */
  readonly writtenResources: readonly string[];
  /** A resource that it reaches: the shortest, for an explanation; absent where the comparison was undecided. */
  readonly example?: string;
  /** The statement has conditions that were not weighed. */
  readonly conditional: boolean;
}

/** Every statement that can allow something of what is asked; empty is a proof that none can. */
export function mayAllow(policies: PoliciesInForce, questions: readonly ActionsOnResources[]): Grant[] {
  const limits = policies.limits ?? [];
  const statements = policies.documents.flatMap(referencesOf);
  const denials = [...statements, ...limits.flatMap(referencesOf)]
    .map(({ statement }) => statement)
    .filter(isUnconditionalDeny);
  // One for all of it: what is left when it is used up counts as undecided.
  const effort = new SearchEffort();
  return statements
    .filter(({ statement }) => statement.Effect === 'Allow')
    .flatMap((reference) => grantOf(reference, denials, limits, questions, effort));
}

function grantOf(
  reference: StatementReference,
  denials: readonly Statement[],
  limits: readonly NamedDocument[],
  questions: readonly ActionsOnResources[],
  effort: SearchEffort,
): Grant[] {
  const { statement } = reference;
  const actions = new Set<string>();
  const writtenResources = new Set<string>();
  let example: string | undefined;
  for (const question of questions) {
    const known = new Map<string, Meeting | undefined>();
    for (const action of question.actions) {
      if (!coversAction(statement, action)) continue;
      const limitStatements = limits.map((limit) =>
        many(limit.document.Statement).filter((one) => one.Effect === 'Allow' && coversAction(one, action)),
      );
      const denying = denials.filter((denial) => coversAction(denial, action));
      // Actions that the same statements speak about meet the same resources: asked once.
      const key = [...denying, '|', ...limitStatements.flatMap((group) => [...group, '|'])]
        .map((one) => (typeof one === 'string' ? one : idOf(one)))
        .join();
      if (!known.has(key)) known.set(key, meet(statement, question, denying, limitStatements, effort));
      const meeting = known.get(key);
      if (meeting === undefined) continue;
      actions.add(action);
      meeting.written.forEach((written) => writtenResources.add(written));
      example ??= meeting.example;
    }
  }
  if (actions.size === 0) return [];
  return [
    {
      ...reference,
      actions: [...actions],
      writtenActions: writtenActions(statement, [...actions]),
      writtenResources: [...writtenResources],
      ...(example === undefined ? {} : { example }),
      conditional: Object.keys(statement.Condition ?? {}).length > 0,
    },
  ];
}

interface Meeting {
  readonly written: readonly string[];
  readonly example?: string;
}

/** Which of the statement's resources meet the asked ones, once denials and limits have had their say. */
function meet(
  statement: Statement,
  asked: ActionsOnResources,
  denying: readonly Statement[],
  limits: readonly (readonly Statement[])[],
  effort: SearchEffort,
): Meeting | undefined {
  const denied = denying.map(deniedResources);
  if (denied.some((denial) => denial === 'everything')) return undefined;
  const outside = denied.flatMap((denial) =>
    denial !== 'everything' && 'inside' in denial ? denial.inside : [],
  );
  const within = denied.flatMap((denial) =>
    denial !== 'everything' && 'butFor' in denial ? [denial.butFor] : [],
  );
  const bounds = limits.flatMap((allowing) => {
    const bound = boundOf(allowing);
    return bound === 'none' ? [] : [bound];
  });

  const written: string[] = [];
  let example: string | undefined;
  for (const { text, patterns, except } of reachOf(statement)) {
    for (const resource of asked.resources) {
      const answer = findText(
        {
          all: [resource, ...patterns],
          anyOf: [...within, ...bounds],
          none: [...outside, ...except, ...(asked.except ?? [])],
        },
        undefined,
        effort,
      );
      if (answer.kind === 'impossible') continue;
      written.push(text);
      if (answer.kind === 'found') example ??= answer.text;
      break;
    }
  }
  return written.length === 0 ? undefined : { written, ...(example === undefined ? {} : { example }) };
}

/** The resources of an Allow as patterns, with what it says literally. */
function reachOf(
  statement: Statement,
): { readonly text: string; readonly patterns: readonly Pattern[]; readonly except: readonly Pattern[] }[] {
  if (statement.NotResource !== undefined) {
    const written = many(statement.NotResource);
    // An exception whose variable only the request knows is not relied on.
    const except = narrowestPatterns(written);
    return [{ text: `NotResource ${written.join(', ')}`, patterns: [], except }];
  }
  if (statement.Resource === undefined)
    return [{ text: 'the resource it is attached to', patterns: [], except: [] }];
  return [...new Set(many(statement.Resource))].map((text) => ({
    text,
    patterns: [widestPattern(text)],
    except: [],
  }));
}

type Denied =
  'everything' | { readonly inside: readonly Pattern[] } | { readonly butFor: readonly Pattern[] };

function deniedResources(denial: Statement): Denied {
  if (denial.NotResource !== undefined) return { butFor: many(denial.NotResource).map(widestPattern) };
  if (denial.Resource === undefined) return 'everything';
  return { inside: narrowestPatterns(many(denial.Resource)) };
}

/** What a limit allows for an action; `none` where its NotResource leaves nearly everything. */
function boundOf(allowing: readonly Statement[]): readonly Pattern[] | 'none' {
  if (allowing.some((statement) => statement.Resource === undefined)) return 'none';
  return allowing.flatMap((statement) => many(statement.Resource).map(widestPattern));
}

function isUnconditionalDeny(statement: Statement): boolean {
  return (
    statement.Effect === 'Deny' &&
    Object.keys(statement.Condition ?? {}).length === 0 &&
    statement.NotPrincipal === undefined &&
    (statement.Principal === undefined || namesEveryone(statement.Principal))
  );
}

/** Does the principal element reach everybody: `"*"` or `{ "AWS": "*" }`? */
export function namesEveryone(principal: NonNullable<Statement['Principal']>): boolean {
  return principal === '*' || many(principal.AWS).includes('*');
}

function writtenActions(statement: Statement, actions: readonly string[]): string[] {
  if (statement.NotAction !== undefined) return [`NotAction ${many(statement.NotAction).join(', ')}`];
  return many(statement.Action).filter((written) =>
    actions.some((action) => coversAction({ Effect: 'Allow', Action: written }, action)),
  );
}

function narrowestPatterns(texts: readonly string[]): Pattern[] {
  return texts.map(narrowestPattern).filter((pattern) => pattern !== undefined);
}

const ids = new WeakMap<Statement, number>();
let nextId = 0;

function idOf(statement: Statement): number {
  let id = ids.get(statement);
  if (id === undefined) ids.set(statement, (id = nextId++));
  return id;
}
