import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSecrets } from '../src/secrets.ts';

const secrets = deriveSecrets([{ id: null, bytes: Buffer.alloc(32, 1) }]);

describe('a sealed text', () => {
  it('is opened again, never looks the same twice and shows nothing of itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 8 }), (text) => {
        const sealed = secrets.seal(text);
        expect(secrets.open(sealed)).toBe(text);
        expect(secrets.seal(text)).not.toBe(sealed);
        expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain(Buffer.from(text).toString('latin1'));
      }),
    );
  });

  it('is opened by no other server key', () => {
    expect(() => deriveSecrets([{ id: null, bytes: Buffer.alloc(32, 2) }]).open(secrets.seal('a code'))).toThrow();
  });

  it('is not opened once a bit of it has changed', () => {
    const sealed = Buffer.from(secrets.seal('a code'), 'base64url');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => secrets.open(changed.toString('base64url'))).toThrow();
    }
  });

  it.each(['', 'x', 'AAAA'])('is not any text: %j', (text) => {
    expect(() => secrets.open(text)).toThrow();
  });
});
