import { promises, statSync } from 'node:fs';
import type { Document } from 'yaml';
import { bareError, type CommandError } from '../command-error.ts';
import { isObject } from '../output/result.ts';
import { fileError } from './file-problem.ts';
import { type Key, keys, type Settings, valueInFile } from './settings.ts';
import {
  changeYamlFile,
  createFileErrors,
  endOfLinks,
  type FileErrors,
  isThere,
  type Modes,
  makeMap,
  readYamlFile,
  writeFileAtOnce,
  type YamlFile,
} from './yaml-file.ts';

/** The profile that is the root of the file. */
export const rootProfile = 'default';

/** Holds secrets: nobody else reads it. */
const modes: Modes = { file: 0o600, folder: 0o700 };

/** A configuration file as it was read. */
export interface ConfigurationFile {
  readonly path: string;
  /** False: there is no such file, it is as if empty. */
  readonly isThere: boolean;
  readonly content: YamlFile;
}

/** Errors about a configuration file. */
export function configurationErrors(path: string): FileErrors {
  return createFileErrors(`config file ${path}`, 'Mend it in your editor with: scw config edit');
}

/** @throws CommandError when it is no such file */
export async function readConfigurationFile(path: string): Promise<ConfigurationFile> {
  const content = await readYamlFile(path, configurationErrors(path));
  return { path, isThere: content !== null, content: content ?? {} };
}

/** @throws CommandError when there is no file */
export function requireFile({ path, isThere }: ConfigurationFile): void {
  if (!isThere) throw missingFile(path);
}

function missingFile(path: string): CommandError {
  return bareError(`cannot read config file ${path}: no such file or directory`);
}

/** Names of the profiles beside the root, in alphabetical order. */
export function profileNames({ content: { profiles } }: ConfigurationFile): readonly string[] {
  return isObject(profiles) ? Object.keys(profiles).toSorted() : [];
}

export function activeProfile({ content }: ConfigurationFile): string | null {
  return scalar(content.active_profile) || null;
}

/** What stands in a profile itself; null where there is no such profile. */
export function ownSettings(file: ConfigurationFile, name: string): Settings | null {
  if (name === rootProfile) return settingsOf(file.content, file.path);
  const { profiles } = file.content;
  if (!isObject(profiles) || !Object.hasOwn(profiles, name)) return null;
  const profile = profiles[name];
  return isObject(profile) ? settingsOf(profile, file.path) : {};
}

/**
 * A profile laid over the root, key by key.
 *
 * @throws CommandError when there is no such profile
 */
export function mergedSettings(file: ConfigurationFile, name: string): Settings {
  return { ...ownSettings(file, rootProfile), ...requireProfile(file, name) };
}

/** @throws CommandError when there is no such profile */
export function requireProfile(file: ConfigurationFile, name: string): Settings {
  const settings = ownSettings(file, name);
  if (settings === null) throw bareError(`given profile ${name} does not exist`);
  return settings;
}

function settingsOf(content: YamlFile, path: string): Settings {
  const settings: { [K in Key]?: string } = {};
  for (const key of keys) {
    const value = content[key];
    if (value === undefined || value === null) continue;
    const text = scalar(value);
    if (text === undefined) throw configurationErrors(path).invalid(`${key} is no text`);
    settings[key] = text;
  }
  return settings;
}

function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Tells whoever shares the file with others, and how to stop it. */
export function warnOfReaders({ path, isThere }: ConfigurationFile, warn: (text: string) => void): void {
  if (!isThere || process.platform === 'win32') return;
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0) return;
  warn(`WARNING: ${path} holds secrets and others may read it (mode ${(mode & 0o777).toString(8).padStart(4, '0')}).`);
  warn(`WARNING: Mend it with: chmod 0600 ${path}`);
}

/** Changes of a configuration file, before it is written. */
export interface Draft {
  /** Makes the profile where there is none. */
  set(profile: string, settings: Settings): void;
  unset(profile: string, key: Key): void;
  deleteProfile(name: string): void;
  /** The root profile is active where none is named. */
  activate(name: string): void;
}

/**
 * Changes the file, or makes it: everything or nothing is written. Comments and unknown keys stay.
 *
 * @throws CommandError
 */
export async function changeConfigurationFile(path: string, change: (draft: Draft) => void): Promise<void> {
  await changeYamlFile(path, modes, configurationErrors(path), (document) => change(draftOf(document)));
}

/** Empties the file; makes an empty one where there is none. */
export async function emptyConfigurationFile(path: string): Promise<void> {
  await writeFileAtOnce(path, '', modes, configurationErrors(path));
}

/**
 * Deletes the file; of a link only the link, since others may use the file that it leads to.
 *
 * @returns the file that stays; null where there was no link
 * @throws CommandError when there is none
 */
export async function deleteConfigurationFile(path: string): Promise<string | null> {
  try {
    const target = (await promises.lstat(path)).isSymbolicLink() ? await endOfLinks(path).catch(() => null) : null;
    await promises.unlink(path);
    return target !== null && (await isThere(target)) ? target : null;
  } catch (failure) {
    throw fileError(`remove ${path}`, failure);
  }
}

function draftOf(document: Document): Draft {
  const place = (profile: string) => (profile === rootProfile ? [] : ['profiles', profile]);
  return {
    set: (profile, settings) => {
      const path = place(profile);
      makeMap(document, path);
      for (const key of keys) {
        const value = settings[key];
        if (value !== undefined) document.setIn([...path, key], valueInFile(key, value));
      }
    },
    unset: (profile, key) => {
      const path = place(profile);
      makeMap(document, path);
      document.deleteIn([...path, key]);
    },
    deleteProfile: (name) => {
      makeMap(document, ['profiles']);
      document.deleteIn(place(name));
      if (document.get('active_profile') === name) document.delete('active_profile');
    },
    activate: (name) => {
      if (name === rootProfile) document.delete('active_profile');
      else document.set('active_profile', name);
    },
  };
}
