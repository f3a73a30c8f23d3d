/**
 * A process to be killed: appends fours of growing numbers, several at a time, and says on standard output which
 * ones are durable. Arguments: folder of the journal, first number.
 */
import { writeSync } from 'node:fs';
import { reading } from './entries.testkit.ts';
import { openJournal } from './journal.ts';

const [dir, first] = process.argv.slice(2);
const journal = await openJournal({ dir: dir! });
let next = Number(first);

async function appendForEver(): Promise<void> {
  for (;;) {
    const numbers = Array.from({ length: 4 }, () => next++);
    await journal.append(numbers.map(reading));
    writeSync(1, `${numbers.join('\n')}\n`);
  }
}

await Promise.all(Array.from({ length: 20 }, appendForEver));
