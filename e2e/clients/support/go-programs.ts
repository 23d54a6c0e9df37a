import { join } from 'node:path';
import { type Built, buildGoProgram } from '../../../test-support/go-programs.ts';

/** Programs of other people, by the folder under `go/` that pins them. */
const packages = {
  scw: 'github.com/scaleway/scaleway-cli/v2/cmd/scw',
  'terraform-provider': 'github.com/scaleway/terraform-provider-scaleway/v2',
  opentofu: 'github.com/opentofu/opentofu/cmd/tofu',
} as const;
export type GoProgram = keyof typeof packages;

/**
 * An unmodified program, built from its pinned source.
 *
 * @throws in CI, where all of them can be built
 */
export function goProgram(name: GoProgram): Built {
  const built = buildGoProgram({ folder: join(import.meta.dirname, '../go', name), package: packages[name] });
  if ('missing' in built && process.env.CI) throw new Error(built.missing);
  return built;
}
