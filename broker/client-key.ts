/**
 * Client ids belong to their user: nobody takes over the connection or the session of another by guessing its id. A
 * name cannot hold the line break: sign-in refuses it.
 */
export function clientKey(user: string, clientId: string): string {
  return `${user}\n${clientId}`;
}

export function userOf(key: string): string {
  return key.slice(0, key.indexOf('\n'));
}

export function clientIdOf(key: string): string {
  return key.slice(key.indexOf('\n') + 1);
}
