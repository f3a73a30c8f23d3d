import type { Asset, Site } from '../model/site.ts';
import { telemetryTopic } from '../model/topics.ts';
import type { DataFolder } from './data-folder.ts';
import { demoDeviceSecret, demoPassword } from './demo-credentials.ts';
import type { Steward } from './steward.ts';

/** The pump that no simulated device speaks for: whoever tries Steward out publishes for it. */
function testBench({ assets }: Site): Asset | undefined {
  return assets.find((asset) => asset.kind === 'pump' && asset.attributes['heartbeat_s'] === 0);
}

function publishByHand(steward: Steward, folder: DataFolder, asset: Asset): string[] {
  const device = `dev-${asset.id}`;
  const { hostname, port } = new URL(steward.mqttUrl);
  return [
    `  Publish a reading by hand, as the test bench pump ${asset.id}:`,
    `    mosquitto_pub -h ${hostname} -p ${port} -q 1 -i ${device} -u ${device} -P ${demoDeviceSecret(folder, device)} \\`,
    `      -t ${telemetryTopic({ ...asset, asset: asset.id })} -m '{"running": true, "power_w": 2500}'`,
    `    …and "power_w": 300 for a dry run.`,
  ];
}

/** What to open, how to sign in, how to publish, where the data lies. */
export function demoBanner(steward: Steward, folder: DataFolder, site: Site): string {
  const people = site.people.map(
    ({ id, name, role }) => `    ${id.padEnd(10)} ${demoPassword(folder, id)}   ${name} (${role})`,
  );
  const bench = testBench(site);
  return [
    '',
    `  Steward looks after ${site.name}.`,
    '',
    `  Open      ${steward.httpUrl}            free parking, without sign-in: ${steward.httpUrl}/parking`,
    '  Sign in   with any of these names and passwords:',
    ...people,
    '',
    `  MQTT      ${steward.mqttUrl}`,
    ...(bench ? publishByHand(steward, folder, bench) : []),
    '',
    `  Data      ${folder.path}   (what was made to go wrong: ${folder.at('truth.json')})`,
    '  Ctrl-C ends it; started again, it goes on with its history.',
    '',
  ].join('\n');
}

export function startBanner(steward: Steward, folder: DataFolder): string {
  return `Steward is up.  Open ${steward.httpUrl}  MQTT ${steward.mqttUrl}  Data ${folder.path}\n`;
}
