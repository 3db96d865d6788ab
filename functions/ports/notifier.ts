/** Something people should hear of. */
export interface Notice {
  /** The same for every repetition of the same notice, so a receiver can drop doubles. */
  readonly key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly service: string;
  readonly title: string;
  readonly text: string;
  readonly execution: string;
}

export interface Notifier {
  /** Resolves when every channel took it. @throws StepFailure `Pointsman.NotifyFailed` naming the channels that did not */
  send(notice: Notice): Promise<void>;
}
