import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, placed } from './panel.ts';
import { devicePanels } from './panels/devices.ts';
import { placePanels } from './panels/places.ts';
import { pumpPanels } from './panels/pumps.ts';
import { ticketPanels } from './panels/tickets.ts';

function variable(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] })
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.AlphabeticalAsc);
}

/** The overview as Classic (v1) JSON: the form that file provisioning of Grafana 12 and 13 loads. */
export function overviewDashboard(): Dashboard {
  const builder = new DashboardBuilder('Steward overview')
    .uid('steward-overview')
    .description('Bays, lamps and pumps; the faults that the rules see and the tickets that they became.')
    .tags(['steward'])
    .timezone('browser')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-48h', to: 'now' })
    .refresh('1m')
    .withVariable(variable('site', 'Site', 'SHOW TAG VALUES WITH KEY = "site"'))
    .withVariable(variable('zone', 'Zone', 'SHOW TAG VALUES WITH KEY = "zone" WHERE "site" =~ /^$site$/'));
  const drafts = [...ticketPanels(), ...placePanels(), ...pumpPanels(), ...devicePanels()];
  for (const panel of placed(drafts)) builder.withPanel(panel);
  return builder.build();
}
