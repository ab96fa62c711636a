// The access key id of a request, wherever its signature stands.
import assert from 'node:assert/strict';
import { accessKeyOf } from '../../../../local/s3vectors/permissions/access-key';

function keyOf(headers: Record<string, string>, query = ''): string | undefined {
  return accessKeyOf({ header: (name) => headers[name], query: new URLSearchParams(query) });
}

describe('the access key id of a request', () => {
  it('is read from the header of a signed request', () => {
    const scope = '20261121/us-east-1/s3vectors/aws4_request';
    const rest = 'SignedHeaders=host, Signature=abc';
    assert.equal(keyOf({ authorization: `AWS4-HMAC-SHA256 Credential=ASIAX/${scope}, ${rest}` }), 'ASIAX');
    assert.equal(
      keyOf({
        authorization: `AWS4-ECDSA-P256-SHA256 Credential=AKIAY/20261121/s3vectors/aws4_request, ${rest}`,
      }),
      'AKIAY',
    );
    assert.equal(
      keyOf({ authorization: `AWS4-HMAC-SHA256 ${rest}, Credential=000000000000/${scope}` }),
      '000000000000',
    );
  });

  it('is read from the query of a presigned request', () => {
    assert.equal(
      keyOf({}, 'X-Amz-Credential=ASIAX%2F20261121%2Fus-east-1%2Fs3vectors%2Faws4_request'),
      'ASIAX',
    );
  });

  it('is none where nobody signed', () => {
    assert.equal(keyOf({}), undefined);
    assert.equal(keyOf({ authorization: 'Bearer abc' }), undefined);
    assert.equal(keyOf({ authorization: 'AWS4-HMAC-SHA256 Signature=abc' }), undefined);
    assert.equal(keyOf({}, 'X-Amz-Credential='), undefined);
  });
});
