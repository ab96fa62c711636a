import assert from 'node:assert/strict';
import { endpointFault, isLoopbackHost } from '../../../local/providers/plugin/loopback';

describe('an endpoint of the stand-ins', () => {
  it('may be any address of this machine', () => {
    for (const url of [
      'http://127.0.0.1:4566',
      'http://localhost:4566/',
      'https://127.1.2.3',
      'http://[::1]:9050',
      'http://LOCALHOST:1',
      // Other spellings of 127.0.0.1, which URL reads as such.
      'http://2130706433:80',
      'http://0x7f.1',
    ]) {
      assert.equal(endpointFault(url), undefined, url);
    }
  });

  it('may be nothing else, however it looks', () => {
    for (const url of [
      'https://s3.amazonaws.com',
      'http://127.0.0.1.example.com',
      'http://localhost.example.com',
      'http://my.localhost:4566',
      'http://127.0.0.1@example.com',
      'http://example.com/127.0.0.1',
      'http://0.0.0.0:4566',
      'http://10.0.0.1',
      'http://[::ffff:8.8.8.8]',
      'http://[::2]',
      'http://1270.0.0.1',
    ]) {
      assert.ok(endpointFault(url) !== undefined, url);
    }
  });

  it('must be a web URL', () => {
    assert.match(endpointFault('127.0.0.1:4566') ?? '', /not (a URL|an http)/);
    assert.match(endpointFault('file:///etc/passwd') ?? '', /not an http/);
    assert.match(endpointFault('') ?? '', /not a URL/);
  });

  it('is judged by whole host names', () => {
    assert.ok(isLoopbackHost('127.0.0.1') && isLoopbackHost('::1'));
    assert.ok(!isLoopbackHost('127.0.0.999') && !isLoopbackHost('127.0.0') && !isLoopbackHost(''));
  });
});
