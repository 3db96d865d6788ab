export { combinedNotifier } from './combined-notifier.ts';
export { combinedEventSink, logEventSink, webhookEventSink, type WebhookEventSinkOptions } from './event-sinks.ts';
export { logNotifier } from './log-notifier.ts';
export { secretReference } from './secret-reference.ts';
export { webhookNotifier, type WebhookNotifierOptions } from './webhook-notifier.ts';
