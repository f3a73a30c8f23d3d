import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { rfc3339 } from '../../model/clock.ts';
import type { DeviceView } from '../../model/views/watch.ts';
import { cursorInput, limitInput, pageByKey } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { deviceSchema } from '../schemas/watch.ts';
import { assetInput } from './place-input.ts';

type Ports = Pick<ApiDeps, 'records' | 'latest' | 'connectedDevices'>;

export function addDeviceRoutes(app: FastifyInstance, ports: Ports): void {
  const { records, latest, connectedDevices } = ports;
  addRoute(
    app,
    {
      method: 'GET',
      path: '/devices',
      name: 'listDevices',
      summary: 'Devices, what they are bound to and whether they are heard, by id',
      tag: 'watch',
      access: 'signed_in',
      query: z.strictObject({
        asset: assetInput,
        limit: limitInput(1_000, 5_000),
        cursor: cursorInput(),
      }),
      answer: { status: 200, schema: listOf(deviceSchema) },
    },
    async ({ query }) => {
      const devices = (await records.devices.list()).filter(
        ({ asset }) => query.asset === undefined || asset === query.asset,
      );
      const { items, next } = pageByKey(devices, (device) => device.id, query);
      const connected = new Set(connectedDevices());
      return {
        items: items.map(({ id, asset, bound_from }): DeviceView => {
          const seen = latest.seen(asset);
          return {
            id,
            asset,
            bound_from: rfc3339(bound_from),
            connected: connected.has(id),
            last_seen: seen === undefined ? null : rfc3339(seen),
          };
        }),
        next,
      };
    },
  );
}
