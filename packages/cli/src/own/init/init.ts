import { type Configuration, checkedConfiguration } from '../../client/configuration.ts';
import {
  type ConfigurationFile,
  changeConfigurationFile,
  mergedSettings,
  ownSettings,
  rootProfile,
} from '../../client/configuration-file.ts';
import { maskSecret } from '../../client/secret.ts';
import type { Settings } from '../../client/settings.ts';
import { bareError } from '../../command-error.ts';
import { isOn, typedText } from '../../grammar/typed-text.ts';
import type { Result } from '../../output/result.ts';
import type { Terminal } from '../../terminal.ts';
import type { OwnRun } from '../command.ts';
import { placeOf } from '../config/place.ts';
import { sourceOf } from '../source.ts';
import { askForAccess } from './answers.ts';
import { addSshKey, installCompletion } from './extras.ts';
import { createLineQuestions, createLines, nextLineOf } from './line-questions.ts';
import { askForProject } from './project.ts';
import type { Questions } from './questions.ts';

/** `scw init`: sets up a profile and keeps what it does not ask for. */
export async function initialize(run: OwnRun): Promise<Result> {
  const { terminal } = run;
  if (terminal.stderr.isTerminal && terminal.stdin.isTTY) {
    const { createTerminalQuestions } = await import('./terminal-questions.ts');
    return await setUp(run, await createTerminalQuestions(terminal), () => terminal);
  }
  const lines = createLines(terminal.stdin);
  try {
    const questions = createLineQuestions(lines, terminal);
    return await setUp(run, questions, () => ({ ...terminal, stdin: nextLineOf(lines) }));
  } finally {
    lines.close();
  }
}

/**
 * Asks, checks, and only then writes.
 *
 * @param terminal where what comes afterwards asks its own question
 */
async function setUp(run: OwnRun, questions: Questions, terminal: () => Terminal): Promise<Result> {
  const { file, profile } = await placeOf(run);
  await mayOverride(run, questions, file, profile);
  const { settings, configuration, problem } = await choose(run, questions, file, profile);
  const wantsCompletion = await asksForCompletion(run, questions);
  await changeConfigurationFile(file.path, (draft) => {
    draft.set(profile, settings);
    // A new file is about the profile that was named.
    if (!file.isThere) draft.activate(profile);
  });
  const details = [
    problem === null ? null : `The API did not answer as it should with these keys: ${problem}`,
    wantsCompletion ? await installCompletion(run, terminal()) : null,
    isOn(run, 'with-ssh-key') ? await addSshKey(run, configuration, terminal()) : null,
  ].filter((detail) => detail !== null);
  return { shape: 'success', message: 'initialization completed.', details: details.join('\n') };
}

interface Chosen {
  /** What is written. */
  readonly settings: Settings;
  /** What is in force then, checked. */
  readonly configuration: Configuration;
  /** Why the API could not help to choose. */
  readonly problem: string | null;
}

async function choose(run: OwnRun, questions: Questions, file: ConfigurationFile, profile: string): Promise<Chosen> {
  const there = mergedSettings(file, ownSettings(file, profile) === null ? rootProfile : profile);
  const others = kept(run, there);
  const access = await askForAccess(run, questions, {
    ...(run.env.SCW_API_URL && { api_url: run.env.SCW_API_URL }),
    ...there,
  });
  // What is about to be replaced may be wrong.
  const { default_project_id: _replaced, ...rest } = there;
  const { SCW_INSECURE: insecure } = run.env;
  const complete = (settings: Settings) =>
    checkedConfiguration(
      { ...rest, ...(insecure !== undefined && { insecure }), ...others, ...settings },
      file.path,
      sourceOf(run).warn,
    );
  const typedProject = typedText(run, 'project-id');
  const { project, problem } =
    typedProject === null
      ? await askForProject(run.open(complete(access)), complete(access), questions)
      : { project: typedProject, problem: null };
  const settings = { ...others, ...access, default_project_id: project };
  return { settings, configuration: complete(settings), problem };
}

/** A person sees what is there before it is changed; a script knows what it does. */
async function mayOverride(run: OwnRun, questions: Questions, file: ConfigurationFile, profile: string): Promise<void> {
  if (!questions.isTerminal) return;
  const { stderr } = run.terminal;
  stderr.write('Welcome. This sets up a profile for scw.\n');
  const there = ownSettings(file, profile);
  if (!file.isThere) stderr.write(`A new file will be made: ${file.path}\n`);
  if (there === null || Object.keys(there).length === 0) return;
  stderr.write(`Profile ${profile} of ${file.path}:\n`);
  for (const [key, value] of Object.entries(there)) {
    stderr.write(`  ${key}: ${key === 'secret_key' ? maskSecret(value) : value}\n`);
  }
  const isWanted = await questions.yesOrNo('Override it? What is not asked for stays.', true);
  if (!isWanted) throw bareError('initialization canceled');
}

/** Region, zone and telemetry, for other programs: what was typed, else what is there, else the defaults. */
function kept(run: OwnRun, there: Settings): Settings {
  const pick = (argument: string, before: string | undefined) => {
    const isTyped = run.words.some((word) => word.startsWith(`${argument}=`));
    return isTyped || before === undefined ? typedText(run, argument) : null;
  };
  const region = pick('region', there.default_region);
  const zone = pick('zone', there.default_zone);
  const telemetry = pick('send-telemetry', there.send_telemetry);
  return {
    ...(region !== null && { default_region: region }),
    ...(zone !== null && { default_zone: zone }),
    ...(telemetry !== null && { send_telemetry: telemetry }),
  };
}

/** Without a terminal nobody completes anything: only an answer that says so sets it up. */
async function asksForCompletion(run: OwnRun, questions: Questions): Promise<boolean> {
  const typed = typedText(run, 'install-autocomplete');
  if (typed !== null) return typed === 'true';
  return await questions.yesOrNo('Set up completion in your shell?', questions.isTerminal);
}
