import { metricsOf } from '../../model/metrics.ts';
import { lazily } from './assemble.ts';
import { compileCondition, msOf, type RuleSink } from './compile-condition.ts';
import { parseDuration } from './duration.ts';
import { timelineIn } from './layout.ts';
import { type Compiler, readSlot } from './piece.ts';
import type { Proof } from './rule.ts';
import type { RuleEntry } from './schema.ts';

/** Compiles `proof`; undefined when there is none: then a person's return visit must close the ticket. */
export function compileProof(k: Compiler, entry: RuleEntry, sink: RuleSink): Proof | undefined {
  const { proof } = entry.ticket;
  if (!proof) return undefined;
  if (proof.healthy === undefined || proof.over === undefined) {
    sink.mistake(['ticket', 'proof'], 0, 'a proof needs "healthy" and "over", so that telemetry can give it');
    return undefined;
  }
  const healthy = compileCondition(k, sink, ['ticket', 'proof', 'healthy'], proof.healthy).run;
  const over = overOf(k, proof.over, (message) => sink.mistake(['ticket', 'proof', 'over'], 0, message));
  return over && { text: proof.text, healthy, over, tolerance_ms: msOf(proof.tolerance) };
}

function overOf(k: Compiler, over: string, mistake: (message: string) => void): Proof['over'] | undefined {
  if (over === 'night' || over === 'day') {
    return { span: over, timeline: timelineIn(k.layout, { what: over, offset_min: 0 }) };
  }
  if (over === 'cycle') {
    if (metricsOf(k.kind).has('running')) {
      return { span: 'cycle', running: lazily(readSlot(k, 'running')) };
    }
    mistake(`a ${k.kind} has no metric "running", so it has no cycle`);
    return undefined;
  }
  const ms = parseDuration(over);
  if (ms !== undefined && ms > 0) return { span: 'duration', ms };
  mistake('a proof is over a night, a day, a cycle or a duration like 4h');
  return undefined;
}
