import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { filesOf, singleFile, type PackagedFile } from '../../../local/providers/plugin/archive/files';
import { zip } from '../../../local/providers/plugin/archive/zip';
import { archiveOf, asset } from '../../../local/providers/plugin/property-value';

/** Reads a zip by its central directory, as every unpacker does. */
function unzip(bytes: Buffer): PackagedFile[] {
  const end = bytes.length - 22;
  assert.equal(bytes.readUInt32LE(end), 0x06054b50);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const files: PackagedFile[] = [];
  for (let file = 0; file < count; file++) {
    assert.equal(bytes.readUInt32LE(at), 0x02014b50);
    const method = bytes.readUInt16LE(at + 10);
    const crc = bytes.readUInt32LE(at + 16);
    const packed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const mode = bytes.readUInt32LE(at + 38) >>> 16;
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString();
    assert.equal(bytes.readUInt32LE(local), 0x04034b50);
    const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(begin, begin + packed);
    const content = method === 8 ? inflateRawSync(data) : data;
    assert.equal(crc32(content), crc);
    files.push({ name, content: Buffer.from(content), executable: (mode & 0o100) !== 0 });
    at += 46 + nameLength;
  }
  return files;
}

describe('a zip', () => {
  it('holds every file as it was', () => {
    const parts = {
      name: fc.string({ minLength: 1, unit: 'grapheme' }),
      content: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
      executable: fc.boolean(),
    };
    const file = fc.record(parts, { noNullPrototype: true });
    fc.assert(fc.property(fc.array(file), (files) => assert.deepEqual(unzip(zip(files)), files)));
  });
});

describe('the files of an archive', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'archive-'));
    mkdirSync(path.join(folder, 'sub'));
    writeFileSync(path.join(folder, 'sub', 'run.sh'), 'echo');
    chmodSync(path.join(folder, 'sub', 'run.sh'), 0o755);
    writeFileSync(path.join(folder, 'index.js'), 'x');
    symlinkSync(path.join(folder, 'index.js'), path.join(folder, 'link.js'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are those of the folder, of the texts and of archives inside, sorted', async () => {
    const archive = archiveOf({
      assets: {
        'z.txt': asset({ text: 'z' }),
        'a/file.js': asset({ path: path.join(folder, 'index.js') }),
        lib: archiveOf({ path: folder }),
      },
    });
    const files = await filesOf(archive);
    assert.deepEqual(
      files.map(({ name, executable }) => [name, executable]),
      [
        ['a/file.js', false],
        ['lib/index.js', false],
        ['lib/link.js', false],
        ['lib/sub/run.sh', true],
        ['z.txt', false],
      ],
    );
  });

  it('give the same bytes again, whenever they were written', async () => {
    const archive = archiveOf({ path: folder });
    const before = zip(await filesOf(archive));
    utimesSync(path.join(folder, 'index.js'), 1, 1);
    assert.ok(before.equals(zip(await filesOf(archive))));
  });

  it('are refused from the network, from inside other archive files and from outside the archive', async () => {
    await assert.rejects(filesOf(archiveOf({ uri: 'https://example.com/x.zip' })), /from the network/);
    await assert.rejects(
      filesOf(archiveOf({ assets: { a: asset({ uri: 'https://example.com/a' }) } })),
      /from the network/,
    );
    await assert.rejects(filesOf(archiveOf({ path: path.join(folder, 'index.js') })), /not archive files/);
    await assert.rejects(
      filesOf(archiveOf({ assets: { '../evil': asset({ text: '' }) } })),
      /"\.\.\/evil": a file in an archive must lie inside it/,
    );
    await assert.rejects(filesOf(archiveOf({ path: path.join(folder, 'nowhere') })), /ENOENT.*nowhere/);
  });

  it('are one file where the archive is one', async () => {
    assert.equal(await singleFile(archiveOf({ path: folder })), undefined);
    assert.equal(await singleFile(archiveOf({ assets: {} })), undefined);
    const file = path.join(folder, 'index.js');
    assert.equal(await singleFile(archiveOf({ path: file })), file);
  });
});
