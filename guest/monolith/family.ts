// Processes are in a table of the kernel's.
export {
  CALLERS_GROUP,
  announceEnd,
  enterProcess,
  leaveFamily,
  OWN_GROUP,
  raiseInForeground,
  withdrawProcess,
} from '../lib/unix/family';
export { familyCall } from '../lib/unix/family-calls';
export { ProcessTable as Families, setProcessTable as setFamilies } from '../lib/unix/process-table';
export { Relative } from '../lib/unix/relative';
