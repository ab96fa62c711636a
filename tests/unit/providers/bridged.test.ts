import assert from 'node:assert/strict';
import { bridged } from '../../../local/providers/aws/bridged';
import { readConfiguration } from '../../../local/providers/aws/configuration';
import { AwsSession } from '../../../local/providers/aws/session';
import { secret, unknown, type PlainMap } from '../../../local/providers/plugin/property-value';
import { PartlyDone } from '../../../local/providers/plugin/resource-type';
import { boolean, map, string } from '../../../local/providers/plugin/shape';

interface ThingArgs {
  name?: string;
  note?: string;
  broken?: boolean;
  region?: string;
  tags?: Record<string, string>;
}
interface ThingState extends ThingArgs {
  arn?: string;
  tagsAll?: Record<string, string>;
}

/** A service of one kind of thing, in memory. */
const things = new Map<string, ThingState>();
const thing = bridged<ThingArgs, ThingState>({
  token: 'aws:test/thing:Thing',
  source: 'this test',
  inputs: {
    name: string({ computed: true, replaces: true }),
    note: string(),
    broken: boolean({ unread: true }),
    region: string({ computed: true, replaces: true }),
    tags: map(string()),
  },
  outputs: ['arn', 'tagsAll'],
  autoName: { property: 'name', rule: { longest: 20 } },
  create({ region }, { name = '', broken, note }, tags, made) {
    if (note === 'refuse') throw new Error('the service refuses');
    things.set(name, { name, arn: `arn:${region}:${name}`, tagsAll: tags });
    made(name);
    if (broken === true) throw new Error('the note could not be set');
    things.set(name, { ...things.get(name), ...(note === undefined ? {} : { note }) });
    return Promise.resolve();
  },
  read: (_call, id) => Promise.resolve(things.get(id)),
  update(_call, id, { note, broken }, _state, tags) {
    const before = things.get(id);
    const tagsAll = { ...before?.tagsAll, ...tags.set };
    for (const key of tags.remove) Reflect.deleteProperty(tagsAll, key);
    things.set(id, { ...before, tagsAll });
    if (broken === true) throw new Error('the note could not be set');
    things.set(id, { ...things.get(id), ...(note === undefined ? {} : { note }) });
    return Promise.resolve();
  },
  delete(_call, id) {
    things.delete(id);
    return Promise.resolve();
  },
});

function session(config: PlainMap = {}): AwsSession {
  const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_REGION: 'us-east-1' };
  const { configuration } = readConfiguration(config, environment);
  assert.ok(configuration !== undefined);
  return new AwsSession(configuration);
}

const naming = { logicalName: 'it', seed: new Uint8Array([7]), engine: undefined };

describe('a bridged resource', () => {
  const aws = session();
  beforeEach(() => things.clear());

  it('that was made but not finished is reported with its id and what there is of it', async () => {
    const inputs = { name: 'half', note: 'x', broken: true, tags: {} };
    await assert.rejects(thing.create(aws, inputs), (error: PartlyDone) => {
      assert.ok(error instanceof PartlyDone);
      assert.equal(error.message, 'the note could not be set');
      assert.deepEqual(error.existing, {
        id: 'half',
        state: {
          name: 'half',
          arn: 'arn:us-east-1:half',
          broken: true,
          region: 'us-east-1',
          tags: {},
          tagsAll: {},
        },
      });
      return true;
    });
  });

  it('is finished by the next update, without being made again', async () => {
    const state = { name: 'half', arn: 'arn:us-east-1:half', region: 'us-east-1', broken: true, tagsAll: {} };
    things.set('half', { name: 'half', arn: 'arn:us-east-1:half', tagsAll: {} });
    const news = { name: 'half', note: 'x', broken: false };
    const { changes } = thing.diff(aws, { state, oldInputs: {}, news, ignoreChanges: [] });
    assert.deepEqual([...changes.keys()], ['note', 'broken']);
    const next = await thing.update(aws, { id: 'half', state, oldInputs: {}, news });
    assert.equal(next['note'], 'x');
  });

  it('that could not be made at all leaves an error and nothing else', async () => {
    await assert.rejects(thing.create(aws, { name: 'no', note: 'refuse' }), (error) => {
      assert.ok(!(error instanceof PartlyDone));
      return true;
    });
  });

  it('that was changed in part is reported as the service has it', async () => {
    things.set('it', { name: 'it', arn: 'a', tagsAll: { a: 'b' } });
    const state = { name: 'it', arn: 'a', region: 'us-east-1', tags: { a: 'b' }, tagsAll: { a: 'b' } };
    const news = { name: 'it', note: 'new', broken: true, tags: { c: 'd' }, tagsAll: { c: 'd' } };
    await assert.rejects(thing.update(aws, { id: 'it', state, oldInputs: {}, news }), (error: PartlyDone) => {
      assert.ok(error instanceof PartlyDone);
      assert.deepEqual(error.existing.state['tagsAll'], { c: 'd' });
      assert.equal(error.existing.state['note'], undefined);
      return true;
    });
  });

  it('keeps its made-up name, and gets another when an explicit one is dropped', () => {
    const check = (news: PlainMap, olds?: PlainMap) => thing.check(aws, { news, olds, naming }).inputs;
    const first = check({}) as PlainMap;
    assert.match(first['name'] as string, /^it-[0-9a-f]{7}$/);
    assert.deepEqual(first['__defaults'], ['name']);
    const other = { ...naming, seed: new Uint8Array([8]) };
    assert.equal(thing.check(aws, { news: {}, olds: first, naming: other }).inputs['name'], first['name']);
    assert.notEqual(check({}, check({ name: 'explicit' }) as PlainMap)['name'], 'explicit');
  });

  it('cannot be named when the engine’s configuration forbids it', () => {
    const disabled = { ...naming, engine: { mode: 'disable' as const, proposedName: '' } };
    assert.deepEqual(thing.check(aws, { news: {}, olds: undefined, naming: disabled }).failures, [
      { property: 'name', reason: 'missing: automatic naming is switched off for this resource' },
    ]);
  });

  it('belongs to its own region where it names one', async () => {
    const { state } = await thing.create(aws, { name: 'far', region: 'eu-west-1' });
    assert.equal(state['arn'], 'arn:eu-west-1:far');
    assert.equal(state['region'], 'eu-west-1');
    const { inputs } =
      (await thing.read(aws, { id: 'far', state: { region: 'eu-west-1' }, inputs: {} })) ?? {};
    assert.equal(inputs?.['region'], 'eu-west-1');
  });

  describe('with default tags of the provider', () => {
    const tagging = session({ defaultTags: { tags: { team: 'search', stage: 'test' } } });
    const inputsOf = (news: PlainMap) => thing.check(tagging, { news, olds: undefined, naming }).inputs;

    it('has them in tagsAll, its own ones winning, and in the inputs for policies to see', async () => {
      const inputs = inputsOf({ name: 'it', tags: { stage: 'mine' } }) as PlainMap;
      assert.deepEqual(inputs['tagsAll'], { team: 'search', stage: 'mine' });
      const { state } = await thing.create(tagging, inputs);
      assert.deepEqual(state['tags'], { stage: 'mine' });
      assert.deepEqual(state['tagsAll'], { team: 'search', stage: 'mine' });
    });

    it('does not take them for its own when it has none', async () => {
      const { state } = await thing.create(tagging, inputsOf({ name: 'it' }) as PlainMap);
      assert.equal(state['tags'], undefined);
      assert.deepEqual(state['tagsAll'], { team: 'search', stage: 'test' });
      const again = inputsOf({ name: 'it' }) as PlainMap;
      const { changes } = thing.diff(tagging, { state, oldInputs: again, news: again, ignoreChanges: [] });
      assert.deepEqual([...changes], []);
    });

    it('changes in place when they change', async () => {
      const { state } = await thing.create(aws, { name: 'it', tagsAll: {} });
      const news = inputsOf({ name: 'it' }) as PlainMap;
      const { changes } = thing.diff(tagging, { state, oldInputs: {}, news, ignoreChanges: [] });
      assert.deepEqual([...changes.keys()], ['tagsAll.team', 'tagsAll.stage']);
      const next = await thing.update(tagging, { id: 'it', state, oldInputs: {}, news });
      assert.deepEqual(next['tagsAll'], { team: 'search', stage: 'test' });
    });

    it('has unknown or secret tagsAll where its own tags are', () => {
      assert.equal(inputsOf({ tags: { a: unknown } })['tagsAll'], unknown);
      const { inputs } = thing.check(tagging, {
        news: { tags: { a: secret('b') } },
        olds: undefined,
        naming,
      });
      assert.deepEqual(inputs['tagsAll'], { team: 'search', stage: 'test', a: secret('b') });
    });
  });
});
