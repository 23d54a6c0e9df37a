import { describe, expect, it } from 'vitest';
import type { Seen } from './support/compatibility.ts';
import { compatibilityPage, differences } from './support/compatibility-page.ts';

const python = { client: 'the Python SDK', version: 'scaleway 2.12.0', machine: 'Python 3.11.7' };
const nginx = { client: 'nginx', machine: 'nginx 1.22.1' };
const both = (one: Omit<Seen, 'database' | 'works'>): readonly Seen[] =>
  ['SQLite', 'PostgreSQL'].map((database) => ({ ...one, database, works: true }));
const seen = [
  ...both({ ...python, feature: 'users' }),
  ...both({ ...python, feature: 'groups' }),
  ...both({ ...nginx, feature: 'a | in a name' }),
];
const page = compatibilityPage(seen);
const changed = (change: (one: Seen) => Partial<Seen>) => seen.map((one) => ({ ...one, ...change(one) }));

describe('the page of clients says what a run has seen', () => {
  it('the page that a run writes differs in nothing', () => {
    expect(differences(page, seen, true)).toEqual([]);
  });

  it('another version of a client that we pin is a difference', () => {
    const other = changed(({ version }) => (version === undefined ? {} : { version: 'scaleway 2.13.0' }));
    expect(differences(page, other, true)).toEqual([
      '- The Python SDK: With scaleway 2.12.0, and … of the machine:',
      '+ The Python SDK: With scaleway 2.13.0, and … of the machine:',
    ]);
  });

  it('another version of a program of the machine is none', () => {
    const other = changed(({ machine }) => (machine === 'nginx 1.22.1' ? { machine: 'nginx 1.26.3-p1' } : {}));
    expect(differences(page, other, true)).toEqual([]);
  });

  it('a feature that no longer works, is new or is gone is a difference', () => {
    const broken = changed(({ feature, database }) => ({ works: feature !== 'users' || database === 'SQLite' }));
    expect(differences(page, broken, true)).toEqual([
      '- The Python SDK: | users | ✓ | ✓ |',
      '+ The Python SDK: | users | ✓ | ✗ |',
    ]);
    const renamed = changed(({ feature }) => (feature === 'groups' ? { feature: 'teams' } : {}));
    expect(differences(page, renamed, false)).toEqual([
      '- The Python SDK: | groups | ✓ | ✓ |',
      '+ The Python SDK: | teams | ✓ | ✓ |',
    ]);
  });

  it('what could not run is a difference where everything can run, and left out elsewhere', () => {
    const withoutPython = seen.filter(({ client }) => client === 'nginx');
    expect(differences(page, withoutPython, true)).toContain('- The Python SDK: | users | ✓ | ✓ |');
    expect(differences(page, withoutPython, false)).toEqual([]);
    const withoutPostgres = seen.filter(({ database }) => database === 'SQLite');
    expect(differences(page, withoutPostgres, true)).toContain('+ The Python SDK: | users | ✓ | – |');
    expect(differences(page, withoutPostgres, false)).toEqual([]);
    expect(differences(page, [], false)).toEqual([]);
  });
});
