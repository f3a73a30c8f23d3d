import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { StewardError } from '../../model/codes.ts';
import { KINDS } from '../../model/kinds.ts';
import { TICKET_ACTIONS, TICKET_STATES, type Ticket, type TicketState } from '../../model/ticket.ts';
import type { TicketDetailView } from '../../model/views/ticket.ts';
import { cursorInput, limitInput } from '../paging.ts';
import { wordList } from '../parse.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { ticketDetailSchema, ticketSchema } from '../schemas/ticket.ts';
import { identityOf } from '../sign-in/guard.ts';
import { OPEN_STATES } from '../views/open-work.ts';
import { ticketDetailView, ticketView } from '../views/ticket-view.ts';
import { assetInput, placeInput, ruleInput } from './place-input.ts';

type Ports = Pick<ApiDeps, 'directory' | 'records' | 'clock' | 'actOnTicket' | 'actionsFor'>;

const ANY_OPEN = 'any_open';

function statesOf(words: readonly (TicketState | typeof ANY_OPEN)[]): readonly TicketState[] {
  return [...new Set(words.flatMap((word) => (word === ANY_OPEN ? OPEN_STATES : [word])))];
}

const idSchema = z.strictObject({ id: z.string() });
const listSchema = z.strictObject({
  state: wordList(
    [...TICKET_STATES, ANY_OPEN],
    `Comma list of ${TICKET_STATES.join(', ')}; any_open = all but closed and cancelled`,
  ).optional(),
  kind: z.enum(KINDS).optional(),
  ...placeInput,
  assignee: z.string().min(1).max(100).describe('Id of a person').optional(),
  rule: ruleInput,
  asset: assetInput,
  limit: limitInput(100, 500),
  cursor: cursorInput(),
});
const actionSchema = z.strictObject({
  action: z.enum(TICKET_ACTIONS),
  note: z.string().max(2_000).describe('Why, what was seen: hold, reopen, cancel, note, prove').optional(),
  assignee: z.string().max(100).describe('Id of a person, for assign').optional(),
});

function addTicketList(app: FastifyInstance, { directory, records, clock }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/tickets',
      name: 'listTickets',
      summary: 'Tickets, newest first',
      tag: 'tickets',
      access: 'signed_in',
      query: listSchema,
      answer: { status: 200, schema: listOf(ticketSchema) },
    },
    async ({ query }) => {
      const { state, ...where } = query;
      const { items, next } = await records.tickets.list({ ...where, state: state && statesOf(state) });
      const now = clock.now();
      return { items: items.map((ticket) => ticketView(ticket, directory, now)), next };
    },
  );
}

export function addTicketRoutes(app: FastifyInstance, ports: Ports): void {
  const { directory, records, clock } = ports;
  const detail = async (ticket: Ticket, request: FastifyRequest): Promise<TicketDetailView> => {
    const events = await records.tickets.events(ticket.id);
    const actions = ports.actionsFor(ticket, identityOf(request).role);
    return ticketDetailView(ticket, events, actions, directory, clock.now());
  };
  addTicketList(app, ports);
  addRoute(
    app,
    {
      method: 'GET',
      path: '/tickets/:id',
      name: 'getTicket',
      summary: 'One ticket with its evidence, its history and what you can do with it',
      tag: 'tickets',
      access: 'signed_in',
      params: idSchema,
      answer: { status: 200, schema: ticketDetailSchema },
    },
    async ({ params, request }) => {
      const ticket = await records.tickets.get(params.id);
      if (!ticket) throw new StewardError('not_found', `There is no ticket "${params.id}".`);
      return detail(ticket, request);
    },
  );
  addRoute(
    app,
    {
      method: 'POST',
      path: '/tickets/:id/actions',
      name: 'actOnTicket',
      summary: 'Does something with a ticket; answers the ticket after it',
      tag: 'tickets',
      access: 'staff',
      params: idSchema,
      body: actionSchema,
      answer: { status: 200, schema: ticketDetailSchema },
    },
    async ({ params, body, request }) => {
      const { user, role } = identityOf(request);
      const order = { ...body, ticket: params.id, by: { id: user, role } };
      return detail(await ports.actOnTicket(order), request);
    },
  );
}
