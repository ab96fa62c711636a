// A zip file from files in memory. The same files give the same bytes, whenever and wherever it runs, so that
// unchanged code has an unchanged hash. Format: PKWARE APPNOTE 6.3.x, the part without zip64.
import { crc32, deflateRawSync } from 'node:zlib';
import type { PackagedFile } from './files';

/** 1980-01-01 00:00 in MS-DOS form: the earliest date that a zip can hold. */
const DATE = 0x0021;
const VERSION = 20;
const UNIX = 3 << 8;
const UTF8_NAMES = 0x0800;
const STORED = 0;
const DEFLATED = 8;
/** What the format can count without its 64-bit extension. */
const MOST_FILES = 0xffff;
const MOST_BYTES = 0xffffffff;

/** @throws Error when there are more files or bytes than a plain zip can hold */
export function zip(files: readonly PackagedFile[]): Buffer {
  if (files.length > MOST_FILES) throw new Error(`${String(files.length)} files are too many for a zip`);
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const deflated = deflateRawSync(file.content, { level: 9 });
    const [method, data] =
      deflated.length < file.content.length ? [DEFLATED, deflated] : [STORED, file.content];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(UTF8_NAMES, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(0, 6);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(crc32(file.content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(file.content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([signature(0x04034b50), common, name, data]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(((file.executable ? 0o100755 : 0o100644) << 16) >>> 0, 6);
    entry.writeUInt32LE(offset, 10);
    directory.push(signature(0x02014b50), madeBy(), common, entry, name);
    bodies.push(local);
    offset += local.length;
    if (offset > MOST_BYTES) throw new Error('the files are too large for a zip (4 GiB)');
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, central, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Unix, so that the permission bits count. */
function madeBy(): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(UNIX | VERSION);
  return bytes;
}
