import { workerData } from 'node:worker_threads';
import { openStorage } from '../../src/storage/open.ts';

/** Opens a database and closes it again, as a server does that is started beside others. */
const storage = await openStorage(workerData.url);
await storage.close();
