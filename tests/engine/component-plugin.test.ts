// The components as Pulumi's own command sees them, which is how they reach every other language.
import assert from 'node:assert/strict';
import * as components from '../../components/index';
import { ENGINE_TIMEOUT, useLocalRun } from './support/local-run';

interface Schema {
  readonly name: string;
  readonly resources: Readonly<
    Record<
      string,
      { readonly isComponent?: boolean; readonly description?: string; readonly inputProperties?: object }
    >
  >;
}

describe('pulumi package get-schema', function () {
  this.timeout(ENGINE_TIMEOUT);
  const run = useLocalRun();

  it('lists every component with its description and described inputs, and installs nothing', async () => {
    const anywhere = run().stack('tests/engine/programs/index');
    const result = await run().command(anywhere, 'package', 'get-schema', '../../../../components');
    assert.equal(result.code, 0, result.printed);
    const schema = JSON.parse(result.stdout) as Schema;
    const classes = Object.entries(components)
      .filter(([, exported]) => typeof exported === 'function' && /^class /.test(String(exported)))
      .map(([name]) => `pulumi-s3-vectors:index:${name}`);
    assert.ok(classes.length >= 10);
    assert.deepEqual(Object.keys(schema.resources).sort(), classes.sort());
    for (const [token, { isComponent, description, inputProperties = {} }] of Object.entries(
      schema.resources,
    )) {
      assert.equal(isComponent, true, token);
      assert.ok(description, `${token} has no description`);
      for (const [input, property] of Object.entries(inputProperties)) {
        assert.ok((property as { description?: string }).description, `${token}.${input} has no description`);
      }
    }
  });
});
