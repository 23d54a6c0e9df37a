import { writeFileSync } from 'node:fs';
import type { Measurement } from './measurement.ts';
import { type Demand, demandOf, limits, type Size, strains } from './scale/demand.ts';
import { type Costs, measureCosts } from './scale/measured.ts';
import { strainPicture } from './scale/picture.ts';
import type { Routing } from './scale/simulate.ts';
import { supposed, worldOf } from './scale/world.ts';
import type { Table } from './support/table.ts';

/** A server for each 100,000 principals. */
const sizes: readonly Size[] = [2, 10, 100, 1_000, 10_000].map((servers) => ({
  servers,
  principals: servers * 100_000,
}));
const routings: readonly Routing[] = ['any server', 'by organization'];
const picture = new URL('../docs/scaling.svg', import.meta.url);

/** Arithmetic and a simulation, from what single things cost here: docs/scaling.md tells what follows. */
export const simulateScale: Measurement = {
  name: 'simulate-scale',
  title: 'what servers and one PostgreSQL would have to bear with up to 10,000 servers and 1,000,000,000 principals',
  measure: async (bench) => {
    const database = bench.databases.find(({ name }) => name === 'PostgreSQL');
    if (!database) return [];
    const costs = await measureCosts(database, bench.progress);
    const demands = routings.flatMap((routing) =>
      sizes.map((size) => {
        bench.progress(`${size.servers} servers, ${routing}`);
        return demandOf(size, routing, costs);
      }),
    );
    writeFileSync(picture, strainPicture(demands));
    return [
      costTable(costs),
      ...routings.flatMap((routing) => {
        const some = demands.filter((demand) => demand.routing === routing);
        return [serverTable(routing, some), databaseTable(routing, some), strainTable(routing, some)];
      }),
    ];
  },
};

const figure = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });

function costTable(costs: Costs): Table {
  const told: Readonly<Record<keyof Costs, string>> = {
    look: 'a look',
    lookAtOrganization: 'for each organization looked at',
    announcement: 'a message to one listener',
    announcementToListener: 'for each listener more',
    hearing: 'to take in a message',
    loadPrincipal: 'to read a principal with its key',
  };
  const rows = Object.entries(costs).map(([name, micros]) => [told[name as keyof Costs], figure(micros)]);
  return { head: ['measured now', 'µs'], rows };
}

function serverTable(routing: Routing, demands: readonly Demand[]): Table {
  return {
    head: [
      `each server, ${routing}`,
      'principals',
      'organizations',
      'in memory',
      'MB',
      'requests that wait',
      'checks/s',
    ],
    rows: demands.map(({ size, seen }) => [
      `${figure(size.servers)} servers`,
      figure(size.principals),
      figure(worldOf(size.principals).organizations),
      figure(seen.organizationsInMemory),
      figure(seen.bytes / 1e6),
      `${figure(seen.missed * 100)} %`,
      figure(seen.checks),
    ]),
  };
}

function databaseTable(routing: Routing, demands: readonly Demand[]): Table {
  return {
    head: [
      `the database, ${routing}`,
      'changes/s',
      'messages/s',
      'connections',
      ...coreNames.map((name) => `cores: ${name}`),
    ],
    rows: demands.map(({ size, changes, heard, connections, cores }) => [
      `${figure(size.servers)} servers`,
      figure(changes),
      figure(heard),
      figure(connections),
      ...coreNames.map((name) => figure(cores[name])),
    ]),
  };
}

const coreNames = ['changes', 'announcements', 'looks', 'loads'] as const;

function strainTable(routing: Routing, demands: readonly Demand[]): Table {
  const names = Object.keys(demands[0] === undefined ? {} : strains(demands[0]));
  return {
    head: [`part of what there is, ${routing}`, ...demands.map(({ size }) => figure(size.servers))],
    rows: names.map((name) => [name, ...demands.map((demand) => figure(strains(demand)[name] ?? 0))]),
    note:
      `Above 1 it breaks: ${figure(limits.connections)} connections, ${limits.cores} cores, half a core of a server, ` +
      `one request of a hundred. Supposed: ${figure(supposed.memory / 1e6)} MB of a server for organizations.`,
  };
}
