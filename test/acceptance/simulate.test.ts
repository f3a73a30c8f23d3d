import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Truth } from '../../firmware-sim/truth.ts';
import type { ListView } from '../../model/views/list.ts';
import type { TicketView } from '../../model/views/ticket.ts';
import {
  eventually,
  MANAGER,
  runSteward,
  type StewardProcess,
  startStewardProcess,
  temporaryData,
} from '../steward.testkit.ts';

const SITE = `site: { id: oak, name: Oak Court, tz: Europe/London, lat: 51.5, lon: -0.1 }
people: [{ id: ingrid, name: Ingrid, role: manager }]
zones: [{ id: yard, name: Yard, steward: ingrid }]
assets:
  - { id: booster, kind: pump, zone: yard, heartbeat_s: 2, duty: booster, rated_w: 2200, dry_run_w: 880 }
  - { id: bay-1, kind: bay, zone: yard, heartbeat_s: 600 }
  - { id: lamp-1, kind: luminaire, zone: yard, heartbeat_s: 300 }
`;
const SCENARIO = 'faults:\n  - { fault: pump_dry_run, asset: booster, when: now }\n';

describe('a site of one’s own, with simulated devices', () => {
  const folder = temporaryData();
  const at = (name: string): string => join(folder.path, name);
  let steward: StewardProcess | undefined;
  afterAll(async () => {
    await steward?.stop();
    folder.remove();
  });

  it('is checked, its devices get credentials, and what goes wrong becomes a true ticket', async () => {
    writeFileSync(at('site.yaml'), SITE);
    writeFileSync(at('scenario.yaml'), SCENARIO);
    writeFileSync(at('steward.yaml'), 'sites: [site.yaml]\ndata: data\n');
    const config = ['--config', at('steward.yaml')];
    const check = await runSteward(['check', ...config]);
    expect(check.err + check.code).toBe('0');
    const credentials: Record<string, string> = {};
    for (const asset of ['booster', 'bay-1', 'lamp-1']) {
      const { out } = await runSteward(['devices', 'add', '--asset', asset, ...config]);
      credentials[`dev-${asset}`] = /^password +(\S+)$/m.exec(out)?.[1] ?? '';
    }
    writeFileSync(at('credentials.json'), JSON.stringify(credentials));

    steward = await startStewardProcess({ data: at('data'), args: config });
    const running = steward;
    const signUp = await runSteward(
      ['users', 'add', MANAGER, ...config],
      {},
      `${running.password(MANAGER)}\n`,
    );
    expect(signUp.out).toContain(`${MANAGER} may sign in as manager`);
    const simulated = await runSteward([
      'simulate',
      ...['--site', at('site.yaml'), '--scenario', at('scenario.yaml'), '--url', running.mqtt.href],
      ...['--credentials', at('credentials.json'), '--truth', at('truth.json'), '--minutes', '0.25'],
    ]);
    expect(simulated.code).toBe(0);
    expect(simulated.out).toContain('0 readings were not acknowledged');
    const truth = JSON.parse(readFileSync(at('truth.json'), 'utf8')) as Truth[];
    expect(truth.map(({ rule, asset }) => `${rule}/${asset}`)).toEqual(['PumpDryRun/booster']);
    const tickets = await eventually('the ticket', async () => {
      const { items } = await running.get<ListView<TicketView>>('/api/v1/tickets');
      return items.length > 0 ? items : undefined;
    });
    expect(tickets).toMatchObject([{ rule: 'PumpDryRun', asset: 'booster', assignee: { id: MANAGER } }]);
  }, 120_000);
});
