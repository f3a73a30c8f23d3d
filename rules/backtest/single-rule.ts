import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { RuleSource } from '../language/load.ts';
import type { RuleInfo } from '../language/rule.ts';

function keepParameters(group: YAMLMap, read: ReadonlySet<string>): void {
  const parameters = group.get('parameters');
  if (!isMap(parameters)) return;
  parameters.items = parameters.items.filter(({ key }) => read.has(String(key)));
  if (parameters.items.length === 0) group.delete('parameters');
}

/** The text of a rule file with one of its rules, what that reads, and its comments; a rule file again. */
export function singleRule({ text }: RuleSource, { name, parameters }: RuleInfo): string {
  const read = new Set(parameters.map((parameter) => parameter.name));
  const document = parseDocument(text);
  const groups = document.get('groups');
  if (isSeq(groups)) {
    groups.items = groups.items.filter((group) => {
      const rules = isMap(group) ? group.get('rules') : undefined;
      if (!isMap(group) || !isSeq(rules)) return false;
      rules.items = rules.items.filter((rule) => isMap(rule) && rule.get('rule') === name);
      keepParameters(group, read);
      return rules.items.length > 0;
    });
  }
  document.delete('tests');
  document.delete('overrides');
  return document.toString({ lineWidth: 0 });
}
