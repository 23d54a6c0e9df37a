import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace, type TerraformPrograms, terraformPrograms } from './support/terraform.ts';

const folder = join(import.meta.dirname, 'terraform');
const building = 45 * 60_000;

/** Kinds of types by their key in the schema, and the word that a configuration has for them. */
const words = {
  resource_schemas: 'resource',
  data_source_schemas: 'data',
  ephemeral_resource_schemas: 'ephemeral',
  list_resource_schemas: 'list',
  action_schemas: 'action',
};

/** Types that no configuration of ours has, and why. */
const left: readonly { readonly types: RegExp; readonly reason: string }[] = [
  { types: /^list /, reason: 'lists are for `terraform query`, which OpenTofu and Terraform before 1.14 do not have' },
  { types: /^action /, reason: 'OpenTofu and Terraform before 1.14 do not have actions either' },
];

interface Schemas {
  readonly provider_schemas: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

describe('the types of the official Terraform provider', () => {
  let programs: TerraformPrograms | { readonly missing: string };
  beforeAll(async () => {
    programs = await terraformPrograms();
  }, building);

  it('each that is about IAM or the account is walked through, or left out for a reason', async ({ skip }) => {
    if ('missing' in programs) return skip(programs.missing);
    const configuration = readFileSync(join(folder, 'nothing.tf'), 'utf8');
    using workspace = openWorkspace(programs, configuration);
    const { code, stdout, stderr } = await workspace.run(['providers', 'schema', '-json']);
    expect(code, stderr).toBe(0);
    const types = typesIn(JSON.parse(stdout)).filter((type) => / scaleway_(?:iam|account)_/.test(type));
    const configurations = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const walked = new Set(configurations.flatMap(typesOf));
    expect(types).toEqual(expect.arrayContaining([...walked]));
    const others = types.filter((type) => !walked.has(type));
    expect(others.filter((type) => !left.some(({ types: some }) => some.test(type)))).toEqual([]);
  });
});

/** `resource scaleway_iam_user` for all that the provider has. */
function typesIn({ provider_schemas }: Schemas): readonly string[] {
  return Object.values(provider_schemas).flatMap((schemas) =>
    Object.entries(words).flatMap(([key, word]) => Object.keys(schemas[key] ?? {}).map((type) => `${word} ${type}`)),
  );
}

/** The same for all that a configuration has. */
function typesOf(configuration: string): readonly string[] {
  const blocks = configuration.matchAll(/^(resource|data|ephemeral|list|action) "(\w+)"/gm);
  return [...blocks].map(([, word, type]) => `${word} ${type}`);
}
