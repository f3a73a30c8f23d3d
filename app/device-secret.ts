import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Secrets of devices are made by Steward, never chosen: 160 random bits. A hash that is slow on purpose protects
 * guessable passwords; these cannot be guessed, so SHA-256 with a salt is enough and 10,000 devices may reconnect
 * at once (docs/decisions/0008).
 */
export function newDeviceSecret(): string {
  return randomBytes(20).toString('base64url');
}

/** Easy to read out and to type: no letter that looks like a digit. 32 of them, so that a byte picks evenly. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** The same secret for the same name, from the data folder's own secret: what the demo hands out. 5 bits a letter. */
export function derivedSecret(secret: Buffer, name: string, length: number): string {
  const bytes = createHmac('sha256', secret).update(name).digest().subarray(0, length);
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

export function hashDeviceSecret(secret: string, salt = randomBytes(12).toString('base64url')): string {
  return `sha256$${salt}$${createHash('sha256').update(salt).update(secret).digest('base64url')}`;
}

export function verifyDeviceSecret(secret: string, hash: string): boolean {
  const [scheme, salt] = hash.split('$');
  if (scheme !== 'sha256' || salt === undefined) return false;
  const expected = Buffer.from(hash);
  const actual = Buffer.from(hashDeviceSecret(secret, salt));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
