import { createHmac } from 'node:crypto';

/**
 * What a command on this machine shows to the Steward that runs in the same data folder. Only who may read the
 * folder's secret can make it, and may open all that lies beside it anyway.
 */
export function operatorKey(secret: Buffer): string {
  return createHmac('sha256', secret).update('operator of this machine').digest('base64url');
}
