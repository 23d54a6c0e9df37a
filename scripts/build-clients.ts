import { goProgram } from '../e2e/clients/support/go-programs.ts';
import { pythonWithSdk } from '../e2e/clients/support/python.ts';
import { installedTerraform } from '../e2e/clients/support/terraform.ts';
import { type Built, builtFolder } from '../test-support/built.ts';

/** Builds the programs of other people that tests run, so that no test waits for it: minutes the first time. */
const parts: readonly (readonly [name: string, build: () => Promise<Built>])[] = [
  ['the Python SDK', pythonWithSdk],
  ['the official scw', () => goProgram('scw')],
  ['the Terraform provider', () => goProgram('terraform-provider')],
  // A Terraform that is there is taken.
  ...(installedTerraform() === undefined ? [['OpenTofu', () => goProgram('opentofu')] as const] : []),
];

console.log(`clients are kept in ${builtFolder}`);
for (const [name, build] of parts) {
  const start = performance.now();
  const told = setInterval(() => console.log(`  ${name}: ${seconds(start)} s so far`), 30_000);
  try {
    const built = await build();
    console.log('missing' in built ? `${name}: ${built.missing}` : `${name} ${built.version}: ${seconds(start)} s`);
  } finally {
    clearInterval(told);
  }
}

function seconds(start: number): number {
  return Math.round((performance.now() - start) / 1000);
}
