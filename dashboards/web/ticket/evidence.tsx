import type { JSX } from 'preact';
import { metricsOf } from '../../../model/metrics.ts';
import type { EvidenceView, TicketDetailView } from '../../../model/views/ticket.ts';
import { serverNow } from '../core/server-clock.ts';
import { useFetched } from '../core/use-fetched.ts';
import { isStateMetric, numberText, unitInName, valueText } from '../core/words.ts';
import { Chart } from '../parts/chart.tsx';
import { ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { type Curve, type CurvesRequest, fetchCurves } from '../parts/readings.ts';

const MINUTE_MS = 60_000;
/** While the span of the evidence is not over. */
const RENEW_MS = 20_000;

function told(name: string, value: EvidenceView['values'][string]): string {
  if (value === null) return 'not known';
  if (typeof value === 'string') return value;
  if (isStateMetric(name)) return valueText(name, Number(value), '');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const windowed = /^(?:avg|min|max|sum|last)\((\w+)/.exec(name)?.[1];
  const unit = unitInName(windowed ?? name);
  return unit === '' ? numberText(value) : `${numberText(value)} ${unit}`;
}

/** The moment to mark: when the fault last began within what is drawn. */
function firedAt(ticket: TicketDetailView, from: number, to: number): number | undefined {
  return ticket.history
    .filter(({ type }) => type === 'opened' || type === 'fault_returned')
    .map(({ at }) => Date.parse(at))
    .findLast((at) => at >= from - MINUTE_MS && at <= to + MINUTE_MS);
}

interface Drawn {
  readonly from: number;
  readonly to: number;
  readonly curves: readonly Curve[];
}

/**
 * The curves from `from` to `to`, or to now when that is earlier. What was heard only in a small part of that time is
 * drawn from there, nearer.
 */
async function drawnOf(request: CurvesRequest, signal: AbortSignal): Promise<Drawn> {
  const { from } = request;
  const to = Math.min(request.to, serverNow());
  const curves = await fetchCurves({ ...request, to }, signal);
  const first = Math.min(...curves.map(({ at_s }) => (at_s[0] ?? Number.POSITIVE_INFINITY) * 1000));
  const heard = Math.max(to - first, MINUTE_MS);
  if (!Number.isFinite(first) || heard > (to - from) / 4) return { from, to, curves };
  const near = to - heard * 1.1;
  return { from: near, to, curves: await fetchCurves({ ...request, from: near, to }, signal) };
}

function Charts({ ticket, evidence }: { ticket: TicketDetailView; evidence: EvidenceView }): JSX.Element {
  const from = Date.parse(evidence.from);
  const end = Date.parse(evidence.to);
  const fired = firedAt(ticket, from, end);
  // What fires at the end of its evidence still needs room for its mark.
  const to = Math.max(end, (fired ?? 0) + (end - from) * 0.04);
  // What a rule works out, like the expected level, has no readings to draw.
  const known = metricsOf(ticket.kind);
  const metrics = evidence.metrics.map(({ name }) => name).filter((name) => known.has(name));
  const curves = useFetched(
    `${ticket.asset}:${metrics.join()}:${from}:${to}`,
    (signal) => drawnOf({ asset: ticket.asset, metrics, from, to }, signal),
    { everyMs: to > serverNow() ? RENEW_MS : 0 },
  );
  if (metrics.length === 0) return <p class="soft">There is no curve to draw.</p>;
  const { data } = curves;
  if (!data) {
    return curves.problem ? (
      <ProblemNote problem={curves.problem} again={curves.again} />
    ) : (
      <Skeleton lines={1} tall />
    );
  }
  return (
    <>
      {data.curves.map((curve) => (
        <Chart
          key={curve.metric.name}
          curve={curve}
          tz={ticket.tz}
          from={data.from}
          to={data.to}
          mark={fired === undefined ? undefined : { at: fired, word: 'fired' }}
        />
      ))}
    </>
  );
}

/** Why there is a ticket: the rule in words, what it saw, and the curves that it saw it in. */
export function Evidence({ ticket }: { ticket: TicketDetailView }): JSX.Element {
  const { evidence } = ticket;
  if (!evidence) return <p class="soft">A person asked for this; there is no telemetry behind it.</p>;
  const values = Object.entries(evidence.values);
  return (
    <>
      <p class="why">{evidence.text}</p>
      {values.length > 0 && (
        <dl class="values">
          {values.map(([name, value]) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{told(name, value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <Charts ticket={ticket} evidence={evidence} />
      <details class="expression">
        <summary>The rule as written</summary>
        <pre>
          <code>{evidence.expression}</code>
        </pre>
      </details>
    </>
  );
}
