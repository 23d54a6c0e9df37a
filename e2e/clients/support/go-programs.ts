import { join } from 'node:path';
import type { Built } from '../../../test-support/built.ts';
import { buildGoProgram } from '../../../test-support/go-programs.ts';

/** Programs of other people, by the folder under `go/` that pins them. */
const packages = {
  scw: 'github.com/scaleway/scaleway-cli/v2/cmd/scw',
  'terraform-provider': 'github.com/scaleway/terraform-provider-scaleway/v2',
  opentofu: 'github.com/opentofu/opentofu/cmd/tofu',
} as const;
export type GoProgram = keyof typeof packages;

/** An unmodified client. */
export async function goProgram(name: GoProgram): Promise<Built> {
  return await buildGoProgram({ folder: join(import.meta.dirname, '../go', name), package: packages[name] });
}
