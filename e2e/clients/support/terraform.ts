import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, runProgram, type ServerProcess } from '../../support/server-process.ts';
import { goProgram } from './go-programs.ts';

/** The programs of a Terraform user: the binary and the provider. */
export interface TerraformPrograms {
  readonly terraform: { readonly path: string; readonly name: string; readonly version: string };
  readonly provider: { readonly path: string; readonly version: string };
}

/** `terraform` where there is one, else OpenTofu from its source; the provider from its source. */
export async function terraformPrograms(): Promise<TerraformPrograms | { readonly missing: string }> {
  const provider = await goProgram('terraform-provider');
  if ('missing' in provider) return provider;
  const installed = installedTerraform();
  if (installed !== undefined) {
    const text = execFileSync(installed, ['version', '-json'], { encoding: 'utf8', env: { CHECKPOINT_DISABLE: '1' } });
    const { terraform_version: version } = JSON.parse(text) as { readonly terraform_version: string };
    return { terraform: { path: installed, name: 'Terraform', version }, provider };
  }
  const tofu = await goProgram('opentofu');
  if ('missing' in tofu) return tofu;
  return { terraform: { ...tofu, name: 'OpenTofu' }, provider };
}

/** Path of the `terraform` of this machine, where there is one. */
export function installedTerraform(): string | undefined {
  const paths = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'terraform'));
  return paths.find((path) => existsSync(path));
}

/** A folder in which Terraform is run. */
export interface Workspace {
  /** Runs it without questions and without colour. */
  run(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
  [Symbol.dispose](): void;
}

/** A folder with a configuration, whose provider is ours to choose: no registry is asked. Without a server nothing is made. */
export function openWorkspace(programs: TerraformPrograms, configuration: string, server?: ServerProcess): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'terraform-'));
  writeFileSync(join(folder, 'main.tf'), configuration);
  mkdirSync(join(folder, 'provider'));
  symlinkSync(programs.provider.path, join(folder, 'provider/terraform-provider-scaleway'));
  const settings = join(folder, 'terraformrc');
  const override = `dev_overrides { "scaleway/scaleway" = "${join(folder, 'provider')}" }`;
  writeFileSync(settings, `provider_installation {\n  ${override}\n  direct {}\n}\n`);
  const own = {
    PATH: process.env.PATH,
    HOME: folder,
    TF_CLI_CONFIG_FILE: settings,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    ...(server && { SCW_CONFIG_PATH: server.configuration }),
  };
  return {
    run: (words, env = {}) =>
      runProgram(programs.terraform.path, [...words, '-no-color'], {
        cwd: folder,
        env: { ...own, ...env },
        milliseconds: 120_000,
      }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
