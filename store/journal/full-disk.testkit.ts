/**
 * A process whose disk fills up: appends until that fails twice, lets the journal forget everything and appends once
 * more. Says on standard output what happened. Argument: folder of the journal.
 */
import { reading } from './entries.testkit.ts';
import { openJournal } from './journal.ts';

const journal = await openJournal({ dir: process.argv[2]! });
const batch = Array.from({ length: 1_000 }, (_, i) => reading(i));
const failures: unknown[] = [];
let resolved = 0;
for (let i = 0; i < 1_000 && failures.length < 2; i++) {
  await journal.append(batch).then(
    () => {
      resolved += batch.length;
    },
    (error: { readonly code: string; readonly message: string }) =>
      failures.push({ code: error.code, message: error.message, health: journal.health() }),
  );
}
const readable = journal.read(0, 10_000_000).length;
await journal.advance('series', journal.head());
const after = await journal.append([reading(1)]);
console.log(JSON.stringify({ failures, resolved, readable, after, health: journal.health() }));
await journal.close();
