import type { Command } from 'commander';
import { rfc3339, systemClock } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import { isSlug } from '../../model/slug.ts';
import { didYouMean } from '../../model/suggest.ts';
import type { DeviceRecord, RecordsStore } from '../../store/records/contract.ts';
import { hashDeviceSecret, newDeviceSecret } from '../device-secret.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';
import { mustBeThere, withRecords } from './with-records.ts';

interface AddFlags extends CommonFlags {
  readonly asset: string;
  readonly id?: string;
}

export function addDevicesCommand(program: Command): void {
  const devices = program
    .command('devices')
    .description('devices, their credentials and the assets they are bound to');
  withCommonFlags(devices.command('list')).description('every device').action(list);
  withCommonFlags(devices.command('add'))
    .description('a device for an asset: prints its credentials, once; an id that is there gets a new secret')
    .requiredOption('--asset <id>', 'asset that the device speaks for')
    .option('--id <id>', 'name of the device (default: dev-<asset>)')
    .action(add);
  withCommonFlags(devices.command('rotate'))
    .description('a new secret for a device: prints it, once; the old one and its connections end at once')
    .argument('<id>')
    .action(rotate);
  withCommonFlags(devices.command('remove'))
    .description('takes a device its credentials; its connections end at once')
    .argument('<id>')
    .action(remove);
}

function list(flags: CommonFlags): Promise<void> {
  return withRecords(configOf(flags), async ({ devices }) => {
    const all = await devices.list();
    for (const { id, asset, bound_from } of all) {
      process.stdout.write(`${id.padEnd(24)} ${asset.padEnd(24)} since ${rfc3339(bound_from)}\n`);
    }
    if (all.length === 0)
      process.stdout.write('no devices yet; add one with: steward devices add --asset <id>\n');
  });
}

function add(flags: AddFlags): Promise<void> {
  return withRecords(configOf(flags), async ({ devices }, directory) => {
    const known = [...directory.assets()].map((asset) => asset.id);
    const asset = mustBeThere(
      directory.asset(flags.asset),
      `the site files have no asset "${flags.asset}"${didYouMean(flags.asset, known)}`,
    );
    const id = flags.id ?? `dev-${asset.id}`;
    if (!isSlug(id))
      throw new StewardError('request_invalid', `"${id}": a name is 1 to 64 of a-z, 0-9, _ and -`);
    const secret = newDeviceSecret();
    await devices.put([
      { id, asset: asset.id, secret_hash: hashDeviceSecret(secret), bound_from: systemClock.now() },
    ]);
    process.stdout.write(`client id and user  ${id}\npassword            ${secret}\n`);
    process.stdout.write(`topic               site/${asset.site}/${asset.kind}/${asset.id}/telemetry\n`);
  });
}

/** Throws not_found. */
async function deviceCalled(id: string, devices: RecordsStore['devices']): Promise<DeviceRecord> {
  const all = await devices.list();
  const known = all.map((device) => device.id);
  return mustBeThere(
    all.find((device) => device.id === id),
    `there is no device "${id}"${didYouMean(id, known)}`,
  );
}

function rotate(id: string, flags: CommonFlags): Promise<void> {
  return withRecords(configOf(flags), async ({ devices }) => {
    const device = await deviceCalled(id, devices);
    const secret = newDeviceSecret();
    await devices.put([{ ...device, secret_hash: hashDeviceSecret(secret) }]);
    process.stdout.write(`client id and user  ${id}\npassword            ${secret}\n`);
  });
}

function remove(id: string, flags: CommonFlags): Promise<void> {
  return withRecords(configOf(flags), async ({ devices }) => {
    await deviceCalled(id, devices);
    await devices.remove(id);
    process.stdout.write(`${id} may not connect any more; a Steward that runs ends its connections now\n`);
  });
}
