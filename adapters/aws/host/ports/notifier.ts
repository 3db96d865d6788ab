import type { Notifier } from '../../../../functions/ports/notifier.ts';
import type { Ports } from '../../../../functions/ports/ports.ts';
import { combinedNotifier } from '../../../notify/combined-notifier.ts';
import { logNotifier } from '../../../notify/log-notifier.ts';
import { webhookNotifier } from '../../../notify/webhook-notifier.ts';
import type { NotificationSettings } from '../packaging/host-configuration.ts';
import type { LambdaHost } from '../lambda-host.ts';
import { hostConfiguration, ssmSecret } from '../parameters.ts';

export async function notifier(host: LambdaHost): Promise<Ports['notifier']> {
  const { notifications } = await hostConfiguration(host);
  return combinedNotifier(
    Object.fromEntries(notifications.map((each, i) => [`${each.type} ${i + 1}`, channel(host, each)])),
  );
}

function channel(host: LambdaHost, settings: NotificationSettings): Notifier {
  if (settings.type === 'log') return logNotifier({ info: write('info'), warn: write('warn'), error: write('error') });
  const { url, secret } = settings;
  return webhookNotifier({ url, clock: host.clock, ...(secret && { secret: ssmSecret(host, secret) }) });

  function write(level: string) {
    return (facts: object, title?: string) =>
      host.log(JSON.stringify({ level, time: new Date(host.clock.now()).toISOString(), title, ...facts }));
  }
}
