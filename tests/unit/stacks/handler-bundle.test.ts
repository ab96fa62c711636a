import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { bundleHandler } from '../../../stacks/service/handler-bundle';

describe('handler bundle', () => {
  let directory: string;
  let entry: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'handler-bundle-'));
    entry = join(directory, 'main.ts');
    writeFileSync(join(directory, 'greeting.ts'), 'export const greeting: string = "hello";\n');
    writeFileSync(
      entry,
      'import { greeting } from "./greeting";\n' +
        'export const handler = (event: { name: string }): string => `${greeting} ${event.name}`;\n',
    );
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is one CommonJS file that exports the handler', () => {
    const module = { exports: {} as { handler?: (event: object) => unknown } };
    runInNewContext(bundleHandler(entry), { module, exports: module.exports });
    assert.equal(module.exports.handler?.({ name: 'you' }), 'hello you');
  });

  it('has the same bytes for the same source, wherever that lies', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'handler-bundle-elsewhere-'));
    try {
      cpSync(directory, elsewhere, { recursive: true });
      const hash = (text: string) => createHash('sha256').update(text).digest('hex');
      assert.equal(hash(bundleHandler(entry)), hash(bundleHandler(join(elsewhere, 'main.ts'))));
      assert.equal(bundleHandler(entry).includes(directory), false);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('says that the file is missing', () => {
    assert.throws(() => bundleHandler(join(directory, 'none.ts')), /none\.ts" does not exist/);
  });

  it('says why a source cannot be bundled', () => {
    writeFileSync(entry, 'import "./missing"; export const handler = 1;');
    assert.throws(() => bundleHandler(entry), /cannot be bundled: .*Could not resolve "\.\/missing"/s);
  });
});
