import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedSecret, hashDeviceSecret, newDeviceSecret, verifyDeviceSecret } from './device-secret.ts';

describe('a device secret', () => {
  it('fits its own hash and no other', () => {
    const secret = newDeviceSecret();
    const hash = hashDeviceSecret(secret);
    expect(hash).not.toContain(secret);
    expect(verifyDeviceSecret(secret, hash)).toBe(true);
    expect(verifyDeviceSecret(newDeviceSecret(), hash)).toBe(false);
    expect(hashDeviceSecret(secret)).not.toBe(hash);
  });

  it('fits no hash of another form', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (secret, hash) => !verifyDeviceSecret(secret, hash)));
  });

  it('of the demo is the same for the same name and folder', () => {
    const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(derivedSecret(a, 'device x', 26)).toBe(derivedSecret(a, 'device x', 26));
    expect(derivedSecret(a, 'device x', 26)).not.toBe(derivedSecret(a, 'device y', 26));
    expect(derivedSecret(a, 'device x', 26)).not.toBe(derivedSecret(b, 'device x', 26));
    expect(derivedSecret(a, 'person x', 10)).toMatch(/^[a-z2-9]{10}$/);
  });
});
