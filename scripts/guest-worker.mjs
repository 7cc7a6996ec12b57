// A thread that compiles guests: takes one job after the other, and answers nothing, or what the compiler did not like.
import { parentPort } from 'node:worker_threads';
import { buildGuest } from './guests.mjs';

parentPort.on('message', async (job) => {
  try {
    await buildGuest(job);
    parentPort.postMessage(undefined);
  } catch (error) {
    parentPort.postMessage(String(error.message));
  }
});
