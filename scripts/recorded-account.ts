/**
 * Brings a fresh server to the state that the recordings found and that no request of theirs makes: the description of
 * the key they were made with, and the second factor of the recorded owner, which cannot be enrolled yet.
 *
 *   node scripts/recorded-account.ts <server address> <secret key> <access key> <database>
 */
import { openStorage } from '../packages/server/src/storage/open.ts';

const [address = '', secretKey = '', accessKey = '', database = ''] = process.argv.slice(2);
const headers = { 'x-auth-token': secretKey, 'content-type': 'application/json' };

const described = await fetch(`${address}/iam/v1alpha1/api-keys/${accessKey}`, {
  method: 'PATCH',
  headers,
  body: JSON.stringify({ description: 'earlier key' }),
});
if (!described.ok) throw new Error(`the key could not be described: ${described.status}`);

const storage = await openStorage(database);
const owner = await storage.db
  .updateTable('users')
  .set({ mfa: 1 })
  .where('type', '=', 'owner')
  .where('id', 'in', storage.db.selectFrom('api_keys').select('user_id').where('access_key', '=', accessKey))
  .returning('id')
  .executeTakeFirstOrThrow();
await storage.close();
console.log(owner.id);
