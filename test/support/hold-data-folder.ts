import { lockDataFolder } from '../../adapters/local/execution-store/lock-data-folder.ts';

/** `node hold-data-folder.ts <folder>`: prints `held` and stays until it is killed, or prints why it cannot and ends. */
try {
  lockDataFolder(process.argv[2] ?? '');
  console.log('held');
  process.stdin.resume(); // runs until killed, or until the test that started it is gone
} catch (reason) {
  console.log(reason instanceof Error ? reason.message : reason);
}
