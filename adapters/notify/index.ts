export { combinedNotifier } from './combined-notifier.ts';
export { logNotifier } from './log-notifier.ts';
export { secretReference } from './secret-reference.ts';
export { webhookNotifier, type WebhookNotifierOptions } from './webhook-notifier.ts';
