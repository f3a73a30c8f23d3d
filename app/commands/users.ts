import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { type Command, Option } from 'commander';
import { hashPassword } from '../../api/password.ts';
import { StewardError } from '../../model/codes.ts';
import { ROLES, type Role } from '../../model/site.ts';
import { didYouMean } from '../../model/suggest.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';
import { mustBeThere, withRecords } from './with-records.ts';

const PASSWORD_MIN_LENGTH = 8;

interface AddFlags extends CommonFlags {
  readonly role?: Role;
}

export function addUsersCommand(program: Command): void {
  const users = program.command('users').description('who may sign in');
  withCommonFlags(users.command('list')).description('everybody who may sign in').action(list);
  withCommonFlags(users.command('add'))
    .description(
      'lets a person of the site file sign in; reads the password from the terminal or standard input',
    )
    .argument('<person>')
    .addOption(new Option('--role <role>', 'instead of the role in the site file').choices(ROLES))
    .action(add);
}

function list(flags: CommonFlags): Promise<void> {
  return withRecords(configOf(flags), async ({ users }) => {
    const all = await users.list();
    for (const { id, role } of all) process.stdout.write(`${id.padEnd(24)} ${role}\n`);
    if (all.length === 0) process.stdout.write('nobody yet; add one with: steward users add <person>\n');
  });
}

/** Asks without showing what is typed; takes the first line where there is no terminal. */
async function readPassword(person: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = process.stdin.isTTY === true;
  const lines = createInterface({ input: process.stdin, output: silent, terminal });
  if (terminal) process.stderr.write(`Password for ${person}: `);
  const password = await lines.question('');
  lines.close();
  if (terminal) process.stderr.write('\n');
  if (password.length < PASSWORD_MIN_LENGTH) {
    throw new StewardError('request_invalid', `a password has at least ${PASSWORD_MIN_LENGTH} characters`);
  }
  return password;
}

function add(id: string, flags: AddFlags): Promise<void> {
  return withRecords(configOf(flags), async ({ users }, directory) => {
    const known = directory.sites.flatMap((site) => site.people.map((person) => person.id));
    const person = mustBeThere(
      directory.person(id),
      `the site files have no person "${id}"${didYouMean(id, known)}`,
    );
    const role = flags.role ?? person.role;
    await users.put({ id, role, password_hash: await hashPassword(await readPassword(id)) });
    process.stdout.write(`${id} may sign in as ${role}\n`);
  });
}
