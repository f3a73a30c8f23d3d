import type { Directory } from '../../model/directory.ts';
import type { Fault } from '../../model/fault.ts';
import { conditionText, type RuleInfo } from '../language/rule.ts';
import { renderTemplate } from '../language/template.ts';
import { chartSpan, identityOf, subjectOf } from './fault-of.ts';
import type { Node } from './node.ts';

/**
 * The fault that stands for the members of a group, since the time given. `memberRule`: the rule that fires for
 * them; what it asks for as proof is asked of every member.
 */
export function groupFaultOf(
  node: Node,
  info: RuleInfo,
  memberRule: RuleInfo | undefined,
  directory: Directory,
  since: number,
): Fault {
  const asset = directory.asset(node.asset)!;
  const members = [...node.members].sort();
  const what = `${memberRule?.name ?? 'Faults'} in ${members.length} of ${asset.name}`;
  return {
    ...identityOf(info, asset),
    severity: info.severity,
    title: renderTemplate(info.title, subjectOf(directory, asset, members.length)),
    since,
    members,
    evidence: {
      expression: memberRule ? conditionText(memberRule) : '',
      text: `${what}: ${members.join(', ')}`,
      values: { members: members.length },
      metrics: info.evidence,
      ...chartSpan(since),
    },
    proof: memberRule?.proof && (info.proof ?? memberRule.proof),
  };
}
