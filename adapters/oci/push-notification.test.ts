import { describe, expect, it } from 'vitest';
import { pushNotification, readPushNotification } from './push-notification.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const mediaType = 'application/vnd.oci.image.manifest.v1+json';

/** An event as CNCF distribution sends it. */
const event = (changes: { target?: object; [field: string]: unknown } = {}) => ({
  id: '320678d8-ca14-430f-8bb6-4ca139cd83f7',
  timestamp: '2026-03-09T14:44:26.402973972-08:00',
  action: 'push',
  request: { id: '6df24a34', addr: '192.0.2.1:42961', host: 'registry.test:5000', method: 'PUT', useragent: 'curl' },
  actor: {},
  source: { addr: 'registry:5000', instanceID: 'a53db899' },
  ...changes,
  target: {
    mediaType,
    size: 708,
    digest,
    length: 708,
    repository: 'shop',
    url: 'http://registry.test:5000/v2/shop/manifests/latest',
    tag: 'v2',
    ...changes.target,
  },
});

describe('readPushNotification', () => {
  it('gives the image that was pushed', () => {
    expect(readPushNotification({ events: [event()] })).toEqual({
      kind: 'pushes',
      pushes: [
        {
          eventId: '320678d8-ca14-430f-8bb6-4ca139cd83f7',
          repository: 'shop',
          tag: 'v2',
          digest,
          mediaType,
          at: Date.UTC(2026, 2, 9, 22, 44, 26, 402),
        },
      ],
    });
  });

  it.each([
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
  ])('keeps a push of %s', (mediaType) => {
    expect(readPushNotification({ events: [event({ target: { mediaType } })] })).toMatchObject({
      pushes: [{ mediaType }],
    });
  });

  it.each([
    ['a pull', event({ action: 'pull' })],
    ['a delete without a target', { action: 'delete' }],
    ['a blob', event({ target: { mediaType: 'application/octet-stream', tag: undefined } })],
    ['a manifest without a tag', event({ target: { tag: undefined } })],
    ['a manifest with an empty tag', event({ target: { tag: '' } })],
  ])('passes over %s', (_, event) => {
    expect(readPushNotification({ events: [event] })).toEqual({ kind: 'pushes', pushes: [] });
  });

  it.each<[unknown, string]>([
    [undefined, 'the document: expected an object, found nothing'],
    ['push', 'the document: expected an object, found "push"'],
    [{}, 'events: expected an array, found nothing'],
    [{ events: [null] }, 'events[0]: expected an object, found null'],
    [{ events: [event(), { action: 7 }] }, 'events[1].action: expected text, found 7'],
    [{ events: [{ action: 'push' }] }, 'events[0].target: expected an object, found nothing'],
    [
      { events: [event({ target: { digest: 'sha256:1' } })] },
      'events[0].target.digest: expected sha256: and 64 hexadecimal digits, found "sha256:1"',
    ],
    [
      { events: [event({ timestamp: 'yesterday' })] },
      'events[0].timestamp: expected a date and time of RFC 3339, found "yesterday"',
    ],
    [{ events: [event({ id: 3 })] }, 'events[0].id: expected text, found 3'],
  ])('calls %j malformed', (body, problem) => {
    expect(readPushNotification(body)).toEqual({ kind: 'malformed', problem });
  });
});

describe('pushNotification', () => {
  it('is read back as the push it tells of', () => {
    const push = { eventId: 'e1', repository: 'shop', tag: 'v2', digest, mediaType, at: 1_700_000_000_000 };
    const body = pushNotification({ ...push, size: 708 }, { address: 'pointsman', instance: 'i1' });

    expect(readPushNotification(JSON.parse(JSON.stringify(body)))).toEqual({ kind: 'pushes', pushes: [push] });
  });
});
