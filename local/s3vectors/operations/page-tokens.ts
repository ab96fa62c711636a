// Page tokens of lists: opaque, signed, good for the request that they came from and for a while only. They hold the
// place in the list themselves, so that nothing has to be remembered for them and a restart does not invalidate them.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long a list's token can be used, in milliseconds. Ours: the service says only that tokens expire. */
const LIFETIME = 60 * 60 * 1000;
const SIGNATURE_BYTES = 16;
const EXPIRY_BYTES = 8;

export class PageTokens {
  constructor(
    private readonly secret: Buffer,
    private readonly now: () => number,
  ) {}

  /** @param request what the token is good for; the same words must be given to read it */
  write(request: readonly unknown[], place: string): string {
    const text = Buffer.from(place, 'utf8');
    const content = Buffer.alloc(EXPIRY_BYTES + text.length);
    content.writeDoubleBE(this.now() + LIFETIME, 0);
    text.copy(content, EXPIRY_BYTES);
    return Buffer.concat([this.sign(request, content), content]).toString('base64url');
  }

  /** The place in the list; undefined for a token that is forged, expired or of another request. */
  read(request: readonly unknown[], token: string): string | undefined {
    const bytes = decodeToken(token);
    if (bytes === undefined || bytes.length < SIGNATURE_BYTES + EXPIRY_BYTES) return undefined;
    const content = bytes.subarray(SIGNATURE_BYTES);
    if (!timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), this.sign(request, content))) return undefined;
    return this.now() < content.readDoubleBE(0) ? content.toString('utf8', EXPIRY_BYTES) : undefined;
  }

  private sign(request: readonly unknown[], content: Buffer): Buffer {
    return createHmac('sha256', this.secret)
      .update(JSON.stringify(request))
      .update('\0')
      .update(content)
      .digest()
      .subarray(0, SIGNATURE_BYTES);
  }
}

/** The bytes of a token; undefined for one that was not written so: the decoder alone forgives a changed end. */
export function decodeToken(token: string): Buffer | undefined {
  const bytes = Buffer.from(token, 'base64url');
  return bytes.toString('base64url') === token ? bytes : undefined;
}
