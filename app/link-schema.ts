import { z } from 'zod';

/** `mqtt.link`: an outside broker instead of the embedded one. */
export const linkSchema = z
  .strictObject({
    url: z
      .string()
      .regex(
        /^mqtts?:\/\/[^@/\s]+$/,
        'mqtt://host:1883 or mqtts://host:8883; user and password have their own keys',
      )
      .describe('mqtt://host:1883, or mqtts://host:8883 for TLS'),
    user: z.string().default(''),
    password: z.string().default(''),
    protocol: z
      .literal(['auto', '5', '3.1.1', 5])
      .default('auto')
      .describe('auto takes MQTT 5, and 3.1.1 where the broker refuses that'),
    group: z
      .string()
      .regex(/^[^#+/]*$/, 'without #, + and /')
      .default('steward')
      .describe('Stewards of one group share the messages; empty for brokers without shared subscriptions'),
    client_id: z
      .string()
      .min(1)
      .default('steward')
      .describe('Name of the session at the broker; Stewards of one group need one each'),
    session_expiry_h: z
      .int()
      .min(1)
      .max(8_760)
      .default(168)
      .describe('How long the broker keeps what arrives while Steward is away (MQTT 5)'),
    ca: z
      .string()
      .optional()
      .describe('PEM file of the authority that signed the broker, when it is a private one'),
  })
  .describe('An outside broker, which then says who may publish what; the embedded one is not started');

export type LinkConfig = z.output<typeof linkSchema>;
