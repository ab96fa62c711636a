// Compiles the distance kernels from their source. The result is checked in, so that users need no build step; a test
// compiles again and compares the bytes. Run: npx tsx local/s3vectors/search/kernels/build.ts
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import wabt from 'wabt';

/** The bytes of a kernel module in WebAssembly text. @throws wabt's error, with line and column, for wrong text */
export async function compileKernel(source: string): Promise<Uint8Array> {
  const parsed = (await wabt()).parseWat(path.basename(source), readFileSync(source, 'utf8'), {
    simd: true,
    threads: true,
  });
  try {
    const { buffer } = parsed.toBinary({});
    new WebAssembly.Module(buffer); // wabt's own validation knows no shared memories
    return buffer;
  } finally {
    parsed.destroy();
  }
}

async function main(): Promise<void> {
  const target = path.join(__dirname, 'distance.wasm');
  writeFileSync(target, await compileKernel(path.join(__dirname, 'distance.wat')));
  console.log(`wrote ${target}`);
}

if (require.main === module) void main();
