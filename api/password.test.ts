import { describe, expect, it } from 'vitest';
import { hashOfNobody, hashPassword, verifyPassword } from './password.ts';

const CHEAP = { n: 1024, r: 8, p: 1 };

describe('a password', () => {
  it.each(['a', 'with $ and :', 'pässwörd 漢字', ' '.repeat(200)])(
    '"%s" fits its hash and no other',
    async (it_) => {
      const hashed = await hashPassword(it_, CHEAP);
      expect(await verifyPassword(it_, hashed)).toBe(true);
      expect(await verifyPassword(`${it_}x`, hashed)).toBe(false);
      expect(await hashPassword(it_, CHEAP)).not.toBe(hashed);
    },
  );

  it('fits however the keyboard composes its letters', async () => {
    expect(await verifyPassword('pa\u0308ss', await hashPassword('p\u00e4ss', CHEAP))).toBe(true);
  });

  it('carries its own parameters, and the usual ones are slow on purpose', async () => {
    expect(await hashPassword('x', CHEAP)).toMatch(/^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    const hashed = await hashPassword('x');
    expect(hashed).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await verifyPassword('x', hashed)).toBe(true);
  });

  it('agrees with the vector of RFC 7914, chapter 12', async () => {
    const salt = Buffer.from('SodiumChloride').toString('base64url');
    const key =
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887';
    const hashed = `scrypt$16384$8$1$${salt}$${Buffer.from(key, 'hex').toString('base64url')}`;
    expect(await verifyPassword('pleaseletmein', hashed)).toBe(true);
  });

  it.each([
    '',
    'plain',
    'scrypt$1024$8$1$$',
    'scrypt$1023$8$1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA',
    'scrypt$99999999$999$1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA',
    'bcrypt$1024$8$1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA',
  ])('never fits the broken hash "%s"', async (hashed) => {
    expect(await verifyPassword('x', hashed)).toBe(false);
  });

  it('never fits nobody', async () => expect(await verifyPassword('', hashOfNobody(CHEAP))).toBe(false));
});
