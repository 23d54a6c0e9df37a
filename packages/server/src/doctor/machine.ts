import { access, constants, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { checkSmtp } from '../mail/smtp.ts';
import { existingServerKeys } from '../server-keys/server-keys.ts';
import { type Finding, ok, problem, reason, warning } from './finding.ts';

/** Bytes that are too few for what comes next, and few enough to be told of. */
const tooLittleSpace = 100 * 1024 ** 2;
const littleSpace = 1024 ** 3;

/** Bits of a mode that let others than the owner in. */
const ofOthers = 0o077;

/** The data folder: who may look into it, and whether it can be written. */
export async function checkDataFolder({ data }: Pick<Config, 'data'>): Promise<Finding> {
  const about = 'data folder';
  try {
    const { mode } = await stat(data);
    await access(data, constants.W_OK);
    if ((mode & ofOthers) === 0) return ok(about, `${data}, for its owner alone`);
    return warning(about, `others can look into ${data}`, `chmod 700 ${data}`);
  } catch (failure) {
    return problem(about, reason(failure), 'name the right folder with --data, as a user who may write there');
  }
}

/** The server key: there, whole, and nobody else's to read. */
export async function checkServerKey(config: Pick<Config, 'data' | 'serverKey'>): Promise<Finding> {
  const about = 'server key';
  const path = join(config.data, 'server.key');
  try {
    existingServerKeys(config);
    if (config.serverKey !== undefined) return ok(about, 'in BAILIWICK_SERVER_KEY');
    const { mode } = await stat(path);
    if ((mode & ofOthers) === 0) return ok(about, `${path}, for its owner alone`);
    return problem(about, `others can read ${path}`, `chmod 600 ${path}, and rotate it: docs/operations.md`);
  } catch (failure) {
    return problem(about, reason(failure), 'bring the server key back; without it no credential works');
  }
}

/** Room on the disk of the data folder. */
export async function checkSpace({ data }: Pick<Config, 'data'>): Promise<Finding> {
  const about = 'disk space';
  const mend = 'make room, or move the data folder; a full disk stops every change';
  try {
    const { bavail, bsize } = await statfs(data);
    const free = bavail * bsize;
    const detail = `${Math.floor(free / 1024 ** 2)} MiB are free in ${data}`;
    if (free < tooLittleSpace) return problem(about, detail, mend);
    return free < littleSpace ? warning(about, detail, mend) : ok(about, detail);
  } catch (failure) {
    return problem(about, reason(failure), 'name the right folder with --data');
  }
}

/** Whether the mail server lets us in; nothing is sent. */
export async function checkMail({ mail }: Pick<Config, 'mail'>): Promise<Finding> {
  const about = 'mail';
  if (mail === undefined)
    return warning(
      about,
      'no mail is sent; it is kept, and `bailiwick outbox` shows it',
      'set --smtp-url and --mail-from',
    );
  const { host, port } = mail.smtp;
  try {
    await checkSmtp(mail.smtp);
    return ok(about, `${host}:${port} takes mail from ${mail.from.address}`);
  } catch (failure) {
    return problem(about, `${host}:${port}: ${reason(failure)}`, 'mend --smtp-url; mail waits until then');
  }
}
