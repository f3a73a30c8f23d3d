import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Two pseudo-terminals joined by socat: a serial line without the wire. */
export interface Wire {
  /** Where the gateway and the controllers plug in; the paths stay the same when it is plugged in again. */
  readonly near: string;
  readonly far: string;
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

async function startSocat(near: string, far: string): Promise<ChildProcess> {
  const ends = [near, far].map((link) => `pty,raw,echo=0,link=${link}`);
  const child = spawn('socat', ['-d', '-d', ...ends], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', () => reject(new Error('socat is missing: apt-get install socat')));
    child.once('exit', () => reject(new Error(`socat ended: ${said}`)));
    child.stderr.on('data', (text: Buffer) => {
      said += text;
      if (said.includes('starting data transfer loop')) resolve();
    });
  });
  return child;
}

export async function layWire(): Promise<Wire> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-wire-'));
  const near = join(folder, 'near');
  const far = join(folder, 'far');
  let child = await startSocat(near, far);
  const unplug = async (): Promise<void> => {
    child.kill();
    await ended(child);
  };
  return {
    near,
    far,
    unplug,
    plugIn: async () => {
      child = await startSocat(near, far);
    },
    close: async () => {
      await unplug();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
