import type { DashboardFile } from './build.ts';

export interface Target {
  readonly refId: string;
  readonly query: string;
  readonly datasource: { readonly uid: string };
}
/** The part of Grafana's Classic (v1) model that tests look at. */
export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly interval?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } };
  readonly targets: readonly Target[];
}
export interface Overview {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}
/** The content of the file whose path ends so. */
export function fileAt(files: readonly DashboardFile[], end: string): string {
  const found = files.find((file) => file.path.endsWith(end));
  if (found === undefined) throw new Error(`no file ${end}`);
  return found.content;
}

export function overviewIn(files: readonly DashboardFile[]): Overview {
  return JSON.parse(fileAt(files, 'overview.json')) as Overview;
}
