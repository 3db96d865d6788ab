import type { Line } from '../history/narrate.ts';

/** A line and whose it is. */
export interface TaggedLine extends Line {
  /** Machine of the execution, in a column of its own. */
  readonly label: string;
}

/** How a watch shows itself on stderr. */
export interface View {
  /**
   * New lines, oldest first, and the open states as they are now. Called at most five times a second on a terminal,
   * and whenever the host was asked elsewhere.
   */
  show(lines: readonly TaggedLine[], open: readonly string[]): void;
  /** A remark of the watch itself: the host does not answer, earlier lines were left out. */
  remark(text: string): void;
  /** Nothing more comes. */
  end(): void;
}
