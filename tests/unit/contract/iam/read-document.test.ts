import assert from 'node:assert/strict';
import { many, type PolicyDocument, type Statement } from '../../../../contract/iam/document';
import { readDocument, type ReadingOptions } from '../../../../contract/iam/read-document';

const UNKNOWN = Symbol('unknown');
const options: ReadingOptions = { isUnknown: (value) => value === UNKNOWN };
const read = (value: unknown, more: ReadingOptions = {}) => readDocument(value, { ...options, ...more });
const statement = (over: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'a:B', Resource: 'r', ...over }],
});

/** The document's one statement. */
const only = ({ Statement }: PolicyDocument): Statement | undefined => many(Statement)[0];

describe('reading a policy document', () => {
  it('reads objects and JSON text alike', () => {
    const value = statement({ Sid: 'One', Condition: { Bool: { k: true } } });
    const reading = read(value);
    assert.deepEqual(reading.problems, []);
    assert.deepEqual(reading.unknowns, []);
    assert.deepEqual(reading.certain, reading.possible);
    assert.deepEqual(read(JSON.stringify(value)), reading);
    assert.deepEqual(reading.certain.Statement, [
      { Sid: 'One', Effect: 'Allow', Action: ['a:B'], Resource: ['r'], Condition: { Bool: { k: [true] } } },
    ]);
  });

  it('reads a single statement, element names in any case, and the older version when none is given', () => {
    const reading = read({ statement: { effect: 'Allow', ACTION: 'a:B', resource: ['r'] } });
    assert.deepEqual(reading.problems, []);
    assert.deepEqual(reading.certain, {
      Version: '2008-10-17',
      Statement: [{ Effect: 'Allow', Action: ['a:B'], Resource: ['r'] }],
    });
  });

  it('lists everything that is no policy document, at once', () => {
    const { problems } = read({
      Version: '2012-10-17',
      Remark: 'x',
      Statement: [
        { Effect: 'allow', Action: [1], Resource: 'r' },
        'text',
        { Effect: 'Deny', Principal: 'me', Condition: 'when' },
        {
          Effect: 'Allow',
          Action: 'a',
          action: 'b',
          Principal: 7,
          Condition: { Bool: 'x', Null: { k: {} } },
        },
      ],
    });
    assert.deepEqual(problems, [
      'Remark is no element of a policy document.',
      'Statement[0].Effect must be "Allow" or "Deny", not "allow".',
      'Statement[0].Action must be text or a list of texts, not 1.',
      'Statement[1] must be an object, not "text".',
      'Statement[2].Principal must be "*" or an object, not "me".',
      'Statement[2].Condition must be an object, not "when".',
      'Statement[2] has neither Action nor NotAction.',
      'Statement[3].Action is given twice.',
      'Statement[3].Principal must be "*" or an object, not 7.',
      'Statement[3].Condition.Bool must be an object, not "x".',
      'Statement[3].Condition.Null.k must be text, not {}.',
    ]);
  });

  it('refuses what is no document at all', () => {
    assert.match(read('{').problems[0] ?? '', /^the policy document is no JSON: /);
    assert.deepEqual(read(7).problems, ['a policy document must be an object, not 7.']);
    assert.deepEqual(read([]).problems, ['a policy document must be an object, not [].']);
    assert.deepEqual(read('"text"').problems, ['a policy document must be an object, not "text".']);
    assert.deepEqual(read({ Version: '2012-10-17' }).problems, ['the document has no Statement.']);
  });

  it('takes a misspelled Effect for an Allow, never for a Deny', () => {
    assert.equal(only(read(statement({ Effect: 'deny' })).certain)?.Effect, 'Allow');
  });

  describe('with unknown parts', () => {
    const all = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };

    it('may allow anything where the document, its statements or one of them is unknown', () => {
      for (const value of [
        UNKNOWN,
        { Version: '2012-10-17', Statement: UNKNOWN },
        { Version: '2012-10-17', Statement: [UNKNOWN] },
      ]) {
        const reading = read(value);
        assert.deepEqual(reading.certain.Statement, []);
        assert.deepEqual(reading.possible.Statement, [all]);
        assert.equal(reading.unknowns.length, 1);
      }
    });

    it('widens an Allow in what is possible and narrows it in what is certain', () => {
      const reading = read(statement({ Action: ['a:B', UNKNOWN], Resource: ['r', UNKNOWN] }));
      assert.deepEqual(reading.certain.Statement, [{ Effect: 'Allow', Action: ['a:B'], Resource: ['r'] }]);
      assert.deepEqual(reading.possible.Statement, [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }]);
      assert.deepEqual(reading.unknowns, ['Statement[0].Action[1]', 'Statement[0].Resource[1]']);
    });

    it('counts an unknown resource as nothing or as everything, as asked', () => {
      const value = statement({ Resource: UNKNOWN });
      assert.deepEqual(read(value).certain.Statement, [{ Effect: 'Allow', Action: ['a:B'], Resource: [] }]);
      assert.deepEqual(read(value, { unknownResourceIs: 'everything' }).certain.Statement, [
        { Effect: 'Allow', Action: ['a:B'], Resource: ['*'] },
      ]);
    });

    it('reads a Deny the other way round', () => {
      const reading = read(statement({ Effect: 'Deny', Action: ['a:B', UNKNOWN], Resource: UNKNOWN }));
      assert.deepEqual(reading.certain.Statement, [{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }]);
      assert.deepEqual(reading.possible.Statement, [{ Effect: 'Deny', Action: ['a:B'], Resource: [] }]);
    });

    it('drops a statement with an unknown exception from what is certain, and the exception from what is possible', () => {
      const reading = read({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', NotAction: ['a:B', UNKNOWN], NotResource: UNKNOWN },
      });
      assert.deepEqual(reading.certain.Statement, []);
      assert.deepEqual(reading.possible.Statement, [
        { Effect: 'Allow', NotAction: ['a:B'], NotResource: [] },
      ]);
    });

    it('takes an unknown effect as a possible Allow', () => {
      const reading = read(statement({ Effect: UNKNOWN }));
      assert.deepEqual(reading.certain.Statement, []);
      assert.equal(only(reading.possible)?.Effect, 'Allow');
    });

    it('takes an unknown principal for everyone in what is possible', () => {
      for (const Principal of [UNKNOWN, { AWS: UNKNOWN }, { AWS: ['1', UNKNOWN] }]) {
        const reading = read(statement({ Principal }));
        assert.equal(only(reading.possible)?.Principal, '*');
        assert.notEqual(only(reading.certain)?.Principal, '*');
      }
    });

    it('keeps an unknown condition as a condition', () => {
      for (const Condition of [
        UNKNOWN,
        { Bool: UNKNOWN },
        { Bool: { k: UNKNOWN } },
        { Bool: { k: ['x', UNKNOWN] } },
      ]) {
        const reading = read(statement({ Condition }));
        assert.ok(Object.keys(only(reading.certain)?.Condition ?? {}).length > 0);
        assert.equal(reading.unknowns.length, 1);
        assert.deepEqual(reading.problems, []);
      }
    });
  });
});
