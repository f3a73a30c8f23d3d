import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt's parameters: CPU and memory cost, block size, parallelism. Memory is 128 × n × r bytes. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's password storage cheat sheet: 2^15, 8, 3. 32 MiB and about 0.3 s on a small gateway. */
export const PASSWORD_COST: ScryptCost = { n: 2 ** 15, r: 8, p: 3 };

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const MAX_MEMORY = 256 * 1024 * 1024;

function derive(password: string, salt: Buffer, bytes: number, { n, r, p }: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: MAX_MEMORY };
    scrypt(password.normalize('NFC'), salt, bytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url: the hash carries its own parameters. */
export async function hashPassword(password: string, cost: ScryptCost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, KEY_BYTES, cost);
  return stored(cost, salt, key);
}

/** What no password fits: verifying against it takes as long as against a real one. */
export function hashOfNobody(cost: ScryptCost = PASSWORD_COST): string {
  return stored(cost, randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));
}

function stored({ n, r, p }: ScryptCost, salt: Buffer, key: Buffer): string {
  return ['scrypt', n, r, p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

const STORED = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{8,})\$([\w-]{22,})$/;

/** Whether the password is the one that was hashed. A hash of another form, or of an impossible cost, fits nothing. */
export async function verifyPassword(password: string, hashed: string): Promise<boolean> {
  const [, n, r, p, salt, hash] = STORED.exec(hashed) ?? [];
  if (!salt || !hash) return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { n: Number(n), r: Number(r), p: Number(p) };
  try {
    const key = await derive(password, Buffer.from(salt, 'base64url'), expected.length, cost);
    return timingSafeEqual(key, expected);
  } catch {
    return false;
  }
}
